import { createStreams } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { lossAndGradients, ParameterStore, pathGates, sizeOf } from '@archer-nas/nn';
import { beforeAll, describe, expect, it } from 'vitest';

import { costModel } from './costs.ts';
import { sizeNetwork, sizeSupernet } from './size-networks.ts';
import { byIndex, parseSizes } from './sizes.ts';

const CIFAR10 = { classes: 10, image: { height: 32, width: 32, channels: 3 } };
const TINY = { classes: 3, image: { height: 4, width: 4, channels: 3 } };
const supernet = sizeSupernet(TINY);
const SIZES = parseSizes('16:8:8:24:16');
/** The options of these sizes. */
const PATH = [1, 0, 0, 2, 1];

beforeAll(async () => void (await tf.setBackend('cpu')));

function batchOf(size: number) {
  const values = Float32Array.from({ length: size * 48 }, (_, i) => Math.sin(12.9898 * (i + 1)));
  const labels = Int32Array.from({ length: size }, (_, i) => i % 3);
  return { images: tf.tensor4d(values, [size, 4, 4, 3]), labels, size, dispose() {} };
}

describe('the network of a size', () => {
  it.each([
    [0, 11_714],
    [11, 49_202],
    [284, 144_834],
  ])('%i has the parameters of the official records', (index, params) => {
    expect(sizeOf(sizeNetwork(byIndex(index), CIFAR10).parameters)).toBe(params);
  });

  it('has as many parameters as the costs say, wherever channels change', () => {
    const { of } = costModel({ classes: 10, image: 32 });
    const stream = createStreams(0).stream('sizes');
    for (let i = 0; i < 50; i++) {
      const sizes = byIndex(stream.int(32_768));
      expect(sizeOf(sizeNetwork(sizes, CIFAR10).parameters)).toBe(of(sizes).params);
    }
  });
});

describe('the supernet of sizes', () => {
  it('has the weights of the widest network, and of the skips that it would not need', () => {
    // Stem 27·64; 5 convolutions in three cells and 2 in two reductions of 9·64²; shortcuts of
    // 64² in these, skips of 64² in layers 3 and 5; the classifier.
    const expected = 27 * 64 + (3 * 5 + 2 * 2) * 9 * 64 ** 2 + 4 * 64 ** 2 + 65 * 10;
    expect(sizeOf(sizeSupernet(CIFAR10).parameters)).toBe(expected);
  });

  it('gives a size the logits of its own network with the first rows and columns', () => {
    const batch = batchOf(6);
    const store = new ParameterStore(supernet.parameters, createStreams(2));
    const alone = sizeNetwork(SIZES, TINY);
    const own = new ParameterStore(alone.parameters, createStreams(3));
    for (const { name, shape } of alone.parameters) {
      if (name.includes('norm')) continue; // ones and zeros
      const begin = shape.map(() => 0);
      own.set(name, tf.slice(store.get(name, wholeOf(name)), begin, [...shape]));
    }
    const logits = (network: typeof supernet, parameters: ParameterStore, path: number[]) =>
      tf.tidy(() => {
        const forward = { parameters, batchNorm: 'batch' } as const;
        return [...network.forward(batch.images, pathGates(path), forward).dataSync()];
      });
    const shared = logits(supernet, store, PATH);
    expect(shared).toEqual(logits(alone, own, []));
    expect(new Set(shared).size).toBeGreaterThan(3);
    for (const one of [store, own]) one.dispose();
    batch.images.dispose();
  });

  it('has gradients in the slices that a size uses, zeros around them, and leaves no tensor behind', () => {
    const batch = batchOf(6);
    const store = new ParameterStore(supernet.parameters, createStreams(2));
    const before = tf.memory().numTensors;
    const result = lossAndGradients(supernet, store, pathGates(PATH), batch);
    const name = 'layer4.second.conv.weight';
    const gradient = result.gradients.get(name) as tf.Tensor4D;
    expect(gradient.shape).toEqual([3, 3, 64, 64]);
    const values = gradient.arraySync()[1]?.[1] ?? [];
    // 24 channels before and behind it.
    const moved = values.map((row, i) => row.some((value, o) => value !== 0 && o < 24) && i < 24);
    expect(moved.filter(Boolean)).toHaveLength(24);
    const outside = values.flatMap((row, i) => row.filter((_, o) => i >= 24 || o >= 24));
    expect(outside.every((value) => value === 0)).toBe(true);
    // The skip of layer 5 is needed, that of layer 3 is not: 8 channels come and go there.
    expect(result.gradients.get('layer5.skip.conv.weight')).toBeDefined();
    expect(result.gradients.get('layer3.skip.conv.weight')).toBeUndefined();
    result.dispose();
    expect(tf.memory().numTensors).toBe(before);
    store.dispose();
    batch.images.dispose();
  });

  it('runs one size per layer', () => {
    expect(() =>
      lossAndGradients(
        supernet,
        new ParameterStore(supernet.parameters, createStreams(2)),
        pathGates([0, 8, 0, 0, 0]),
        batchOf(3),
      ),
    ).toThrow(/layer2 has one of 8 sizes, not \[8\]/);
  });
});

function wholeOf(name: string): readonly number[] {
  return supernet.parameters.find((spec) => spec.name === name)?.shape ?? [];
}
