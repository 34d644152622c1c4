import { createStreams, type DataOrder, type State } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { easyClasses } from './easy-classes.ts';

const EPOCHS = 9;
/** Twelve images of four classes, as many of each. */
const labels = Int32Array.from({ length: 12 }, (_, image) => image % 4);
const samples = { labels, classes: 4 };
/** Class 2 is the easiest, then 0, 3, 1. */
const difficulty = [0.5, 1.2, 0.1, 0.9];
const recipe = easyClasses({ shares: [0.25, 0.5, 1], ranking: 1 });

/** One epoch as the training loop has it. */
function epoch(order: DataOrder, done: number): Int32Array {
  const stream = createStreams(1).stream('order', done);
  const { index } = order.next({ done, total: EPOCHS, unit: 'epoch' }, stream);
  order.observe(
    index,
    Float32Array.from(index, (image) => difficulty[labels[image] as number] as number),
  );
  order.advance?.({ done: done + 1, total: EPOCHS, unit: 'epoch' });
  return index;
}

const classesOf = (index: Int32Array) => [...new Set([...index].map((i) => labels[i]))].sort();

describe('easy classes', () => {
  it('are those whose images score least, more of them in each phase, and all at last', () => {
    const order = recipe.begin(12, undefined, samples);
    const seen = Array.from({ length: EPOCHS }, (_, done) => classesOf(epoch(order, done)));
    // One epoch of all images ranks the classes. Three phases of three epochs.
    expect(seen).toEqual([
      [0, 1, 2, 3],
      ...[[2], [2]],
      ...[
        [0, 2],
        [0, 2],
        [0, 2],
      ],
      ...[
        [0, 1, 2, 3],
        [0, 1, 2, 3],
        [0, 1, 2, 3],
      ],
    ]);
  });

  it('come again until an epoch is full, each image as often as any other', () => {
    const order = recipe.begin(12, undefined, samples);
    epoch(order, 0);
    const counts = new Map<number, number>();
    for (const image of epoch(order, 1)) counts.set(image, (counts.get(image) ?? 0) + 1);
    expect([...counts].sort(([a], [b]) => a - b)).toEqual([
      [2, 4],
      [6, 4],
      [10, 4],
    ]);
  });

  it('stay in rank when later scores are others', () => {
    const order = recipe.begin(12, undefined, samples);
    epoch(order, 0);
    const images = Int32Array.of(0, 1, 2, 3);
    order.observe(images, Float32Array.of(0, 0, 9, 0));
    expect(classesOf(epoch(order, 1))).toEqual([2]);
  });

  it('goes on from a saved state as if nothing had been', () => {
    const whole = recipe.begin(12, undefined, samples);
    const epochs = Array.from({ length: EPOCHS }, (_, done) => epoch(whole, done));
    const first = recipe.begin(12, undefined, samples);
    epoch(first, 0);
    const rest = recipe.begin(12, first.state as State, samples);
    expect(epochs.slice(1)).toEqual(epochs.slice(1).map((_, i) => epoch(rest, i + 1)));
  });

  it('need labels', () => {
    expect(() => recipe.begin(12)).toThrow(/labels/);
  });
});
