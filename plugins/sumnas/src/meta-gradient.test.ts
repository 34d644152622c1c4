import { type Block, createStreams } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { GradientSum, ParameterStore, Sgd } from '@archer-nas/nn';
import { ANY_BATCH, NO_DATA, scalarModel } from '@archer-nas/nn/toys';
import { describe, expect, it } from 'vitest';
import plugins from './index.ts';
import { type MetaOptions, metaGradient } from './meta-gradient.ts';

/** One step takes w to the target. */
const TO_TARGET = { steps: 1, lr: 1, momentum: 0, clip: null, velocities: 'fresh' } as const;

/** w after one step of the whole method on all paths, as one-shot makes it. */
function outerStep(w0: number, targets: readonly number[], weightDecay: number): number {
  const network = scalarModel(targets);
  const store = new ParameterStore(network.parameters, createStreams(0));
  store.set('w', tf.tensor1d([w0]));
  const gradients = metaGradient(TO_TARGET).begin({
    network,
    store,
    data: NO_DATA,
    streams: createStreams(0),
  });
  const sgd = new Sgd(store, { weightDecay });
  const sum = new GradientSum();
  const passes = targets.map((_, k) => gradients.of([k], ANY_BATCH, {}));
  for (const pass of passes) sum.add(pass.gradients, 1 / targets.length);
  sgd.step(sum.gradients, { learningRate: 1 });
  const [w = Number.NaN] = store.value('w').dataSync();
  sum.dispose();
  for (const pass of passes) pass.dispose();
  for (const one of [sgd, store, gradients]) one.dispose?.();
  return w;
}

/** Δ of paths in a row from w = 1 to the target 0, where the gradient is w. */
function deltas(options: Partial<MetaOptions>, count = 1) {
  const network = scalarModel([0]);
  const store = new ParameterStore(network.parameters, createStreams(0));
  store.set('w', tf.tensor1d([1]));
  const recipe = metaGradient({ ...TO_TARGET, lr: 0.1, ...options });
  const gradients = recipe.begin({ network, store, data: NO_DATA, streams: createStreams(0) });
  const before = tf.memory().numTensors;
  const found = Array.from({ length: count }, () => {
    const pass = gradients.of([0], ANY_BATCH, {});
    const [delta = Number.NaN] = pass.gradients.get('w')?.dataSync() ?? [];
    const [loss = Number.NaN] = pass.loss.dataSync();
    pass.dispose();
    expect(store.value('w').dataSync()[0]).toBe(1);
    return { delta, loss, passes: pass.passes };
  });
  if (options.velocities !== 'kept') expect(tf.memory().numTensors).toBe(before);
  gradients.dispose?.();
  store.dispose();
  return found;
}

describe('the meta gradient', () => {
  it('brings w to the mean of the adapted weights: 3 of 1 to 5 (check C3)', () => {
    expect(outerStep(0, [1, 2, 3, 4, 5], 0)).toBeCloseTo(3, 6);
  });

  it('has the outer weight decay added to it: 1.99996 (check C3)', () => {
    expect(outerStep(1, [2, 2, 2, 2, 2], 4e-5)).toBeCloseTo(1.99996, 6);
  });

  it('is what several steps make of it, not a longer step of SPOS', () => {
    const [one] = deltas({ steps: 1 });
    expect(one?.delta).toBeCloseTo(0.1, 6);
    // w: 1, 0.9, 0.81 against 1 − 2 · 0.1
    const [two] = deltas({ steps: 2 });
    expect(two?.delta).toBeCloseTo(0.19, 6);
    // v: 1, 0.9 + 0.9; w: 0.9, 0.72
    expect(deltas({ steps: 2, momentum: 0.9 })[0]?.delta).toBeCloseTo(0.28, 6);
  });

  it('clips every inner gradient: norms 1 and 0.975 to 0.25', () => {
    expect(deltas({ steps: 2, clip: 0.25 })[0]?.delta).toBeCloseTo(0.05, 5);
  });

  it('begins every path at rest and at w, unless velocities are kept', () => {
    const rest = deltas({ momentum: 0.5 }, 2).map(({ delta }) => delta);
    expect(rest[1]).toBe(rest[0]);
    const kept = deltas({ momentum: 0.5, velocities: 'kept' }, 2).map(({ delta }) => delta);
    expect(kept[1]).toBeCloseTo(0.1 * 1.5, 6);
  });

  it('costs a backward pass per step, and tells the loss before the first', () => {
    expect(deltas({ steps: 3 })[0]).toMatchObject({ passes: 3, loss: 0.5 });
  });
});

describe('strategy: { use: sumnas }', () => {
  const expand = (options: object): Block => {
    const [strategy] = plugins;
    if (!strategy || !('preset' in strategy)) throw new Error('sumnas is no preset');
    return strategy.preset(strategy.options.parse(options) as never);
  };

  it('is one-shot training of fair paths by the mean of meta gradients', () => {
    expect(expand({ search: null })).toEqual({
      use: 'one-shot',
      ...{ epochs: 250, lr: 1, momentum: 0, weightDecay: 4e-5, clip: null, accumulate: 'mean' },
      ...{ paths: { use: 'fair' }, order: { use: 'shuffle' } },
      gradient: { use: 'meta', steps: 2, lr: 0.05, momentum: 0.9, clip: 5, velocities: 'fresh' },
    });
    expect(expand({})).toMatchObject({ search: { use: 'evolution' } });
  });
});
