import { createStreams } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { describe, expect, it } from 'vitest';
import { batchReader } from './batches.ts';
import { conv2d, depthwiseConv2d } from './convolution.ts';
import { concatChannels } from './elementwise.ts';
import { factorizedReduce, factorizedReduceParameters } from './factorized-reduce.ts';
import { mixtureGates, pathGates, site } from './gates.ts';
import { exportGraphModel } from './graph-model.ts';
import type { Gate, Network } from './network.ts';
import { ParameterStore } from './parameter-store.ts';
import { partialChannels } from './partial-channels.ts';
import { avgPool2x2, avgPool3x3, globalAveragePool, maxPool2x2, maxPool3x3 } from './pooling.ts';
import { recalibrate } from './recalibrate.ts';
import { toyData, toyNetwork } from './testing/toy-network.ts';

const ONE = { support: [0] };
const data = toyData();
const batch = batchReader(data, data.open('train')).plain(Int32Array.of(0, 1, 2, 7));

/** Largest difference between a network's logits and those of its export, loaded by tfjs. */
async function exportError(network: Network, gates: readonly Gate[]): Promise<number> {
  const store = new ParameterStore(network.parameters, createStreams(4));
  const statistics = recalibrate(network, store, gates, [batch]);
  const files = exportGraphModel(network, store, gates, statistics);
  const { modelTopology, signature, weightsManifest } = JSON.parse(files['model.json']);
  const model = await tf.loadGraphModel(
    tf.io.fromMemory({
      modelTopology,
      signature,
      weightSpecs: weightsManifest[0].weights,
      weightData: files['weights.bin'].buffer as ArrayBuffer,
    }),
  );
  const logits = model.predict(batch.images) as tf.Tensor;
  const forward = { parameters: store, batchNorm: 'running', statistics } as const;
  const expected = network.forward(batch.images, gates, forward);
  expect(logits.shape).toEqual(expected.shape);
  return tf.max(tf.abs(tf.sub(logits, expected))).dataSync()[0] ?? Number.NaN;
}

describe('exportGraphModel', () => {
  it.each([{ affine: false }, { affine: true, bias: false }])(
    'gives the logits of a path to plain tfjs: %o',
    async (options) => {
      expect(await exportError(toyNetwork(options), pathGates([3, 4]))).toBeLessThan(1e-5);
    },
  );

  it('leaves out what nothing reads, so that the logits are the only output', async () => {
    const toy = toyNetwork();
    const network: Network = {
      ...toy,
      forward(images, gates, forward) {
        avgPool3x3(images, forward); // a node of a cell that does not reach its output
        return toy.forward(images, gates, forward);
      },
    };
    const gates = pathGates([3, 4]);
    const store = new ParameterStore(network.parameters, createStreams(4));
    const statistics = recalibrate(network, store, gates, [batch]);
    const nodes = (of: Network): string[] => {
      const files = exportGraphModel(of, store, gates, statistics);
      return JSON.parse(files['model.json']).modelTopology.node.map(({ op }: { op: string }) => op);
    };
    expect(nodes(network)).toEqual(nodes(toy));
  });

  it('exports partial channels: slices, the bypass of a stride, concatenation and shuffle', async () => {
    expect(await exportError(toyNetwork({ partial: 2 }), pathGates([3, 0]))).toBeLessThan(1e-5);
    const strided: Network = {
      ...toyNetwork(),
      parameters: [],
      forward(x, _, forward) {
        const images = concatChannels([x, x], forward);
        const run = (part: typeof images) =>
          site(maxPool2x2(part, forward), ONE, [(y) => y], forward);
        const y = partialChannels(images, { of: 3, stride: 2 }, run, forward);
        return globalAveragePool(y, forward);
      },
    };
    expect(await exportError(strided, [])).toBeLessThan(1e-5);
  });

  it('exports mixtures with their weights', async () => {
    const network = toyNetwork();
    const weights = [0.1, 0.2, 0.3, 0.15, 0.25];
    const gates = mixtureGates(network.sites, [tf.tensor1d(weights), tf.tensor1d(weights)]);
    expect(await exportError(network, gates)).toBeLessThan(1e-5);
  });

  it('exports strides, dilation, depthwise kernels, pools, slices and concatenation', async () => {
    const uniform = { init: 'uniform', fanIn: 9 } as const;
    const network: Network = {
      ...toyNetwork(),
      parameters: [
        { name: 'a.weight', shape: [3, 3, 3, 2], ...uniform },
        { name: 'a.bias', shape: [2], ...uniform },
        { name: 'b.weight', shape: [3, 3, 3, 1], ...uniform },
        ...factorizedReduceParameters('c', 3, { outputs: 4 }),
      ],
      forward(x, _, forward) {
        const strided = { outputs: 2, kernel: 3, stride: 2, padding: 1, bias: true };
        const dilated = { kernel: 3, stride: 2, padding: 2, dilation: 2 };
        const maps = [
          conv2d(x, forward, 'a', strided),
          depthwiseConv2d(x, forward, 'b', dilated),
          avgPool3x3(x, forward, { stride: 2 }),
          maxPool3x3(x, forward, { stride: 2 }),
          avgPool2x2(maxPool3x3(x, forward), forward),
          factorizedReduce(x, forward, 'c', { outputs: 4 }),
        ];
        return globalAveragePool(concatChannels(maps, forward), forward);
      },
    };
    expect(await exportError(network, [])).toBeLessThan(1e-5);
  });

  it('refuses a network with a layer that does not record itself', async () => {
    const network = toyNetwork();
    const silent: Network = {
      ...network,
      forward: (x, gates, forward) => network.forward(tf.square(x), gates, forward),
    };
    await expect(exportError(silent, pathGates([1, 1]))).rejects.toThrow(/no recorded layer/);
  });
});
