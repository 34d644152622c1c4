import { createStreams, type State } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { describe, expect, it } from 'vitest';
import { ParameterStore } from './parameter-store.ts';
import { Sgd } from './sgd.ts';
import { WeightCopy } from './weight-copy.ts';

const store = () => new ParameterStore([{ name: 'w', shape: [2], init: 'ones' }], createStreams(1));
const read = (copy: WeightCopy): number[] => [...(copy.values.get('w')?.dataSync() ?? [])];

/** w falls by 0.25 and 0.5 at every step, in place where the engine can. */
function descended(steps: number, after: (store: ParameterStore, step: number) => void): void {
  const weights = store();
  const sgd = new Sgd(weights);
  for (let step = 1; step <= steps; step++) {
    const gradients = new Map([['w', tf.tensor1d([0.25, 0.5])]]);
    sgd.step(gradients, { learningRate: 1 });
    tf.dispose([...gradients.values()]);
    after(weights, step);
  }
  sgd.dispose();
  weights.dispose();
}

describe('a copy of weights', () => {
  it('is the plain mean of the iterates when the n-th moves it by 1/n', () => {
    const copy = new WeightCopy(store());
    const iterates: number[][] = [];
    descended(5, (weights, n) => {
      copy.move(weights, 1 / n);
      iterates.push([...weights.value('w').dataSync()]);
    });
    // 1 − 0.25 n and 1 − 0.5 n, n = 1 … 5.
    expect(iterates.at(-1)).toEqual([-0.25, -1.5]);
    const mean = [0, 1].map((at) => iterates.reduce((sum, w) => sum + (w[at] ?? 0), 0) / 5);
    expect(mean).toEqual([0.25, -0.5]);
    read(copy).forEach((value, at) => {
      expect(value).toBeCloseTo(mean[at] as number, 6);
    });
    copy.dispose();
  });

  it('stays what it was while an optimiser changes the weights in place', () => {
    const copy = new WeightCopy(store());
    descended(3, (weights, step) => {
      if (step < 3) copy.move(weights);
    });
    expect(read(copy)).toEqual([0.5, 0]);
    copy.dispose();
  });

  it('can be made of values that hide those of the store', () => {
    const copy = new WeightCopy(store());
    copy.move(store(), 1, new Map([['w', tf.tensor1d([3, 4])]]));
    expect(read(copy)).toEqual([3, 4]);
    copy.dispose();
  });

  it('goes through its state bit for bit, and owns one tensor per parameter', () => {
    const weights = store();
    const before = tf.memory().numTensors;
    const copy = new WeightCopy(weights);
    expect(tf.memory().numTensors).toBe(before);
    copy.move(weights, 1);
    copy.move(weights, 1 / 3);
    expect(tf.memory().numTensors).toBe(before + 1);
    const resumed = new WeightCopy(weights, structuredClone(copy.state) as State);
    expect(resumed.state).toEqual(copy.state);
    resumed.dispose();
    copy.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
