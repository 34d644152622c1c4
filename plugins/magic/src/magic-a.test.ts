import { createStreams } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { hitsOver, lossAndGradients, ParameterStore, type Path, pathGates } from '@archer-nas/nn';
import { batchOf, toyImages } from '@archer-nas/nn/toys';
import { describe, expect, it } from 'vitest';
import { magicA } from './magic-a.ts';
import { toyBlocks } from './testing/toy-blocks.ts';

const network = toyBlocks();
const data = toyImages();
const END = { done: 1, total: 2, unit: 'epoch' } as const;

function begin(lambda = 2, state?: { anchor: Path | null; candidate: null }) {
  const store = new ParameterStore(network.parameters, createStreams(3));
  const context = { network, store, data, streams: createStreams(0) };
  const recipe = magicA({ lambda, distance: 'relative', images: 12 });
  return { store, gradients: recipe.begin(context, state as never) };
}

describe('MAGIC-A', () => {
  it('has no anchor in the first epoch: the gradient is that of the loss', () => {
    const { store, gradients } = begin();
    const batch = batchOf(data, 0);
    const aligned = gradients.of([0, 1], batch, {});
    const plain = lossAndGradients(network, store, pathGates([0, 1]), batch);
    for (const [name, gradient] of plain.gradients) {
      expect([...(aligned.gradients.get(name)?.dataSync() ?? [])]).toEqual([
        ...gradient.dataSync(),
      ]);
    }
    for (const one of [aligned, plain, batch, store]) one.dispose();
  });

  it('then draws blocks to the anchor, which SPOS does not', () => {
    const { store, gradients } = begin(2, { anchor: [1, 1], candidate: null });
    const batch = batchOf(data, 0);
    const before = tf.memory().numTensors;
    const aligned = gradients.of([0, 1], batch, {});
    const plain = lossAndGradients(network, store, pathGates([0, 1]), batch);
    expect(aligned.loss.dataSync()[0]).toBeGreaterThan(plain.loss.dataSync()[0] as number);
    const name = [...plain.gradients.keys()].find((one) => one.startsWith('layer0')) as string;
    const values = [aligned, plain].map((one) => [...(one.gradients.get(name)?.dataSync() ?? [])]);
    expect(values[0]).not.toEqual(values[1]);
    aligned.dispose();
    plain.dispose();
    expect(tf.memory().numTensors).toBe(before);
    batch.dispose();
    store.dispose();
  });

  it('makes the best child of an epoch the anchor, if it beats the anchor on valid images', () => {
    const paths = [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ];
    const { store, gradients: scored } = begin();
    const batch = batchOf(data, 0);
    const losses = paths.map((path) => {
      const pass = scored.of(path, batch, {});
      const loss = pass.loss.dataSync()[0] as number;
      pass.dispose();
      return loss;
    });
    const best = paths[losses.indexOf(Math.min(...losses))];
    const metrics = scored.advance?.(END).metrics;
    expect(scored.state).toEqual({ anchor: best, candidate: null });
    const valid = batchOf(toyImages(), 0);
    valid.dispose();
    expect(metrics?.['anchor-accuracy']).toBe(accuracy(store, best as Path));
    // Whichever is worse never takes its place.
    for (const anchor of paths) {
      const { store: same, gradients } = begin(2, { anchor, candidate: null });
      const worse = paths.filter((path) => accuracy(same, path) <= accuracy(same, anchor));
      for (const path of worse) gradients.of(path, batch, {}).dispose();
      gradients.advance?.(END);
      expect(gradients.state).toMatchObject({ anchor });
      same.dispose();
    }
    batch.dispose();
    store.dispose();
  });

  it('refuses data without valid images', () => {
    const store = new ParameterStore(network.parameters, createStreams(3));
    const context = { network, store, data: toyImages(['train']), streams: createStreams(0) };
    expect(() => magicA({ lambda: 1, distance: 'relative', images: 4 }).begin(context)).toThrow(
      /valid images/,
    );
    store.dispose();
  });
});

/** On all valid images, which are the train images without augmentation. */
function accuracy(store: ParameterStore, path: Path): number {
  const batches = [0, 1, 2].map((step) => batchOf(data, step));
  const images = tf.concat(batches.map((one) => one.images)) as tf.Tensor4D;
  const labels = Int32Array.from(batches.flatMap((one) => [...one.labels]));
  const all = { images, labels, size: labels.length, dispose: () => images.dispose() };
  const forward = { parameters: store, batchNorm: 'batch' } as const;
  const { hits } = hitsOver(network, pathGates(path), forward, [all]);
  for (const one of [all, ...batches]) one.dispose();
  return (100 * hits) / all.size;
}
