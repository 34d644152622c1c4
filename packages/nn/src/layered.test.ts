import { createStreams } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { chainMacs, chainParameters, convChain } from './conv-chain.ts';
import { pathGates } from './gates.ts';
import { lossAndGradients } from './gradients.ts';
import { exportGraphModel } from './graph-model.ts';
import { convHead, type LayerBlock, type Layered, sizeOf } from './layered.ts';
import { layeredSpace } from './layered-space.ts';
import type { Network, NetworkTask } from './network.ts';
import { ParameterStore } from './parameter-store.ts';
import { pathHits } from './path-hits.ts';
import { recalibrate } from './recalibrate.ts';

const TASK = { classes: 3, image: { height: 4, width: 4, channels: 3 } };
const WIDTH = 2;
const streams = createStreams(4);

/** Three layers of a 1×1, a 3×3 convolution and, but for the first layer, nothing. */
function toy(task: NetworkTask, use: 'supernet' | 'alone'): Layered {
  const style = { affine: use === 'alone' };
  const block = (layer: string, kernel: number, inputs: number): LayerBlock => {
    const steps = [{ name: 'conv', outputs: WIDTH, kernel, activation: 'relu6' as const }];
    const name = `${layer}.conv${kernel}`;
    return {
      name: `conv${kernel}`,
      macs: chainMacs({ channels: inputs, side: 4 }, steps).macs,
      parameters: (owner) => chainParameters(name, inputs, steps, { ...style, owner }),
      run: (x, forward) => convChain(x, forward, name, { steps, style }),
    };
  };
  const skip: LayerBlock = {
    ...{ name: 'skip', macs: 0, identity: true },
    parameters: () => [],
    run: (x) => x,
  };
  return {
    task,
    stem: block('stem', 1, 3),
    layers: [0, 1, 2].map((layer) => ({
      name: `layer${layer}`,
      blocks: [
        block(`layer${layer}`, 1, WIDTH),
        block(`layer${layer}`, 3, WIDTH),
        ...(layer === 0 ? [] : [skip]),
      ],
    })),
    head: convHead({ channels: WIDTH, side: 4 }, style, {
      ...{ outputs: 5, classes: task.classes, bias: false, activation: 'relu' as const },
    }),
  };
}

const space = layeredSpace({
  name: 'toy-layers',
  build: toy,
  costs: TASK,
  format: (a) => a.join(''),
  parse: (text) => Array.from(text, Number),
});
const supernet = space.supernet(TASK);

function batchOf(size: number) {
  const values = Float32Array.from({ length: size * 48 }, (_, i) => Math.sin(12.9898 * (i + 1)));
  const labels = Int32Array.from({ length: size }, (_, i) => i % 3);
  return { images: tf.tensor4d(values, [size, 4, 4, 3]), labels, size, dispose() {} };
}

/** Logits of a path, and the names of the parameters that were read. */
function passOf(network: Network, images: tf.Tensor4D, path: readonly number[]) {
  const store = new ParameterStore(network.parameters, streams);
  const read = new Set<string>();
  const parameters = {
    get(name: string, shape: readonly number[]) {
      read.add(name);
      return store.get(name, shape);
    },
  };
  const logits = tf.tidy(() => {
    const forward = { parameters, batchNorm: 'batch' } as const;
    return Array.from(network.forward(images, pathGates(path), forward).dataSync());
  });
  store.dispose();
  return { logits, read };
}

beforeAll(async () => void (await tf.setBackend('cpu')));

describe('a space of layers', () => {
  it('has a decision and a site per layer, whose options differ where blocks do', () => {
    expect(space.size).toBe(18n);
    expect(space.decisions.map(({ options }) => options.length)).toEqual([2, 3, 3]);
    expect(supernet.sites.map(({ decision, options }) => [decision, options.length])).toEqual([
      [0, 2],
      [1, 3],
      [2, 3],
    ]);
    expect(space.path([1, 2, 0], supernet)).toEqual([1, 2, 0]);
    expect(
      space.derive([
        [0, 1],
        [0, 0, 1],
        [3, 2, 1],
      ]),
    ).toEqual([1, 2, 0]);
  });

  it('costs stem, blocks and head, as counted by hand', () => {
    // 16 pixels: stem 6, conv1 4, conv3 36 per pixel, head 10; classifier 15.
    expect(space.costs?.of([0, 1, 2])).toEqual({
      macs: 16 * (6 + 4 + 36 + 10) + 15,
      weights: 6 + 4 + 36 + 10 + 15,
      params: 6 + 4 + 36 + 10 + 15 + 3 * 4 + 10,
    });
    for (const a of space.all()) {
      expect(space.costs?.of(a).params).toBe(sizeOf(space.network(a, TASK).parameters));
    }
  });

  it('gives a path the logits of its network with the same weights, and reads nothing else', () => {
    const { images } = batchOf(6);
    for (const a of [
      [0, 1, 2],
      [1, 0, 1],
      [0, 2, 2],
    ]) {
      const alone = space.network(a, TASK);
      const shared = passOf(supernet, images, space.path(a, supernet));
      // Fresh scales and offsets are ones and zeros: affine batch norms are those without.
      expect(shared.logits).toEqual(passOf(alone, images, []).logits);
      const plain = alone.parameters.filter(({ shape }) => shape.length > 1);
      expect([...shared.read].sort()).toEqual(plain.map(({ name }) => name).sort());
    }
    images.dispose();
  });

  it('scores paths in pieces as one by one, and skips what gives its input', async () => {
    const batch = batchOf(9);
    const store = new ParameterStore(supernet.parameters, streams);
    const paths = [...space.all()].map((a) => space.path(a, supernet));
    const { pieces: _, ...whole } = supernet;
    const ran: string[] = [];
    const onRun = ({ name }: { readonly name: string }) => void ran.push(name);
    const together = await pathHits(supernet, store, paths, { onRun }).of(batch);
    expect(together).toEqual(await pathHits(whole, store, paths).of(batch));
    // Of 18 paths: 2 results of the first layer, 4 more of each of them in the second, 3 · 2 · 2.
    expect(ran.filter((name) => name === 'layer0')).toHaveLength(2);
    expect(ran.filter((name) => name === 'layer1')).toHaveLength(4);
    expect(ran.filter((name) => name === 'layer2')).toHaveLength(12);
    store.dispose();
    batch.images.dispose();
  });

  it('leaves no tensor behind, whichever path is trained, and none of a mixture', () => {
    const batch = batchOf(6);
    const store = new ParameterStore(supernet.parameters, streams);
    const before = tf.memory().numTensors;
    for (const path of [
      [0, 2, 2],
      [1, 1, 0],
    ]) {
      lossAndGradients(supernet, store, pathGates(path), batch).dispose();
    }
    const weights = supernet.sites.map(({ options }) => tf.ones([options.length]) as tf.Tensor1D);
    const gates = supernet.sites.map(({ options }, at) => ({
      support: options.map((_, option) => option),
      weights: weights[at] as tf.Tensor1D,
    }));
    const mixed = lossAndGradients(supernet, store, gates, batch, { groups: ['gates'] });
    expect(mixed.gates.every((gate) => gate.weights !== undefined)).toBe(true);
    mixed.dispose();
    tf.dispose(weights);
    expect(tf.memory().numTensors).toBe(before);
    store.dispose();
    batch.images.dispose();
  });

  it('is exported with the logits that it has', async () => {
    const batch = batchOf(6);
    const store = new ParameterStore(supernet.parameters, streams);
    const gates = pathGates([1, 0, 2]);
    const statistics = recalibrate(supernet, store, gates, [batch]);
    const files = exportGraphModel(supernet, store, gates, statistics);
    const { modelTopology, weightsManifest } = JSON.parse(files['model.json'] as string);
    const weightData = (files['weights.bin'] as Uint8Array).slice().buffer;
    const model = await tf.loadGraphModel(
      tf.io.fromMemory({ modelTopology, weightSpecs: weightsManifest[0].weights, weightData }),
    );
    const forward = { parameters: store, batchNorm: 'running', statistics } as const;
    const difference = tf.tidy(() =>
      tf.max(
        tf.abs(
          tf.sub(
            model.predict(batch.images) as tf.Tensor,
            supernet.forward(batch.images, gates, forward),
          ),
        ),
      ),
    );
    expect(difference.dataSync()[0]).toBeLessThan(1e-5);
    tf.dispose([difference, batch.images]);
    model.dispose();
    statistics.dispose();
    store.dispose();
  });

  it('has sub-spaces with supernets of what is left, named as before', () => {
    const part = space.restrict([undefined, [1, 2], [0]]);
    const names = part.supernet(TASK).parameters.map(({ name }) => name);
    expect(names.filter((name) => name.startsWith('layer1'))).toEqual([
      'layer1.conv3.conv.conv.weight',
    ]);
    expect(part.path([0, 2, 0], part.supernet(TASK))).toEqual([0, 1, 0]);
    const all = supernet.parameters.map(({ name }) => name);
    expect(names.every((name) => all.includes(name))).toBe(true);
  });

  it('says which layer has no gate', () => {
    const images = batchOf(3).images;
    expect(() => passOf(supernet, images, [0])).toThrow(/no gate for layer1: 1 gates/);
    images.dispose();
  });
});
