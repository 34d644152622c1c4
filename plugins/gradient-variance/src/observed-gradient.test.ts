import { createStreams, type Progress, type State } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { lossAndGradients, ParameterStore, pathGates } from '@archer-nas/nn';
import { describe, expect, it } from 'vitest';
import { observedGradient } from './observed-gradient.ts';
import { batchOf, DATA, linearModel } from './testing/linear-model.ts';

const EPOCH: Progress = { done: 1, total: 2, unit: 'epoch' };
const [A, B, NONE] = [[0], [1], [2]];

function begin(saved?: State) {
  const network = linearModel;
  const store = new ParameterStore(network.parameters, createStreams(0));
  const context = { network, store, data: DATA, streams: createStreams(0) };
  return { store, gradients: observedGradient.begin(context, saved) };
}

function run(gradients: ReturnType<typeof begin>['gradients'], steps: [number[], number[]][]) {
  for (const [path, x] of steps) gradients.of(path, batchOf(x), {}).dispose();
}

describe('the variance of gradients', () => {
  it('is of each operation over the steps in which it was active, then the mean of tensors', () => {
    const { store, gradients } = begin();
    const before = tf.memory().numTensors;
    run(gradients, [
      [A, [1, 10]],
      [B, [0, 0]],
      [A, [3, 10]], // variances of a: 2, 0
      [NONE, [50, 50]],
      [B, [0, 4]],
      [B, [0, 8]], // of b: 0, 16
    ]);
    expect(tf.memory().numTensors).toBe(before);
    expect(gradients.advance?.(EPOCH).metrics).toEqual({
      'gradient-variance': 4.5,
      'gradient-variance-of/a': 1,
      'gradient-variance-of/b': 8,
    });
    store.dispose();
  });

  it('begins anew with each epoch; the result has the mean over those that say something', () => {
    const { store, gradients } = begin();
    run(gradients, [
      [A, [0, 0]],
      [A, [2, 2]],
    ]);
    gradients.advance?.(EPOCH); // 2
    run(gradients, [
      [B, [0, 0]],
      [B, [4, 4]],
      [A, [99, 0]],
    ]);
    expect(gradients.advance?.(EPOCH).metrics).toEqual({
      'gradient-variance': 8,
      'gradient-variance-of/b': 8,
    });
    run(gradients, [[A, [1, 1]]]);
    expect(gradients.advance?.(EPOCH)).toEqual({});
    expect(gradients.metrics).toEqual({
      'gradient-variance': 5,
      'gradient-variance-of/a': 2,
      'gradient-variance-of/b': 8,
    });
    store.dispose();
  });

  it('leaves the gradient of the loss as it is', () => {
    const { store, gradients } = begin();
    const batch = batchOf([3, -1]);
    const plain = lossAndGradients(linearModel, store, pathGates(A), batch, {});
    const pass = gradients.of(A, batch, {});
    const read = (of: typeof pass) =>
      [...of.gradients].map(([name, g]) => [name, [...g.dataSync()]]);
    expect(read(pass)).toEqual(read(plain));
    for (const one of [plain, pass, store]) one.dispose();
  });

  it('does not change what was saved when it goes on', () => {
    const { store, gradients } = begin();
    run(gradients, [
      [A, [0, 0]],
      [A, [2, 2]],
    ]);
    const { state } = gradients;
    run(gradients, [[A, [50, 50]]]);
    const { gradients: resumed, store: other } = begin(state);
    expect(resumed.advance?.(EPOCH).metrics?.['gradient-variance']).toBe(2);
    for (const one of [store, other]) one.dispose();
  });
});
