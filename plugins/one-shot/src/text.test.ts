import { createStreams } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { pathGates, TokenBatches, textLoss } from '@archer-nas/nn';
import type { Bits } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';
import { oneShot } from './one-shot.ts';
import { oneShotOptions } from './options.ts';
import { shuffledOrder } from './shuffle.ts';
import { toyCells, toyCorpus } from './testing/toy-cells.ts';
import { toySearch } from './testing/toy-supernet.ts';
import { Training } from './training.ts';
import { uniformPaths } from './uniform.ts';

const data = toyCorpus();
const space = toyCells();
const network = space.supernet({ vocabulary: 4 });
const parts = { data, paths: uniformPaths(1), order: shuffledOrder };
const options = (settings: object = {}) =>
  oneShotOptions.parse({ epochs: 2, lr: 1, schedule: 'constant', ...settings });
const training = (settings: object = {}, changes: object = {}) =>
  new Training({
    ...{ ...parts, network, options: options(settings), streams: createStreams(3) },
    ...changes,
  });
type Saved = { batches: { data: Float32Array } | null };

describe('one-shot on text', () => {
  it('takes a step per window, and counts the tokens of all paths', () => {
    // 26 tokens in 2 lanes of 13: 12 are read, in 3 windows.
    const one = training();
    expect(one.total).toBe(2 * 3);
    expect(one.images).toBe(2 * 24);
    expect(training({}, { paths: uniformPaths(3) }).images).toBe(3 * 48);
    one.dispose();
  });

  it('carries the state of the window before into the next, and through its own state', () => {
    const paths = { ...uniformPaths(1), begin: () => fixed([0, 1]) };
    const of = training({ lr: 1e-9 }, { paths });
    of.step();
    const { batches } = of.state as unknown as Saved;
    const noise = createStreams(3).scope('text');
    const source = new TokenBatches(data.open('train'), { lanes: 2, window: 5, noise });
    const forward = { parameters: of.store, batchNorm: 'batch' } as const;
    const { carried } = network.loss(source.at(0), pathGates([0, 1]), forward);
    expect([...(batches?.data ?? [])]).toEqual([...(carried?.dataSync() ?? [])]);
    const { metrics } = of.step();
    if (carried) source.carry(carried);
    const { mean } = network.loss(source.at(1), pathGates([0, 1]), forward);
    expect(metrics?.loss).toBeCloseTo(mean.dataSync()[0] as number, 5);
    const alone = { ...source.at(1), carried: tf.zeros([2, 3]) };
    const forgetful = network.loss(alone, pathGates([0, 1]), forward);
    expect(metrics?.loss).not.toBeCloseTo(forgetful.mean.dataSync()[0] as number, 5);
    of.dispose();
    source.dispose();
  });

  it('trains the sampled path alone', () => {
    const paths = { ...uniformPaths(1), begin: () => fixed([1, 0]) };
    const of = training({}, { paths });
    const before = ['0.tanh.gate', '0.relu.gate'].map((name) => [
      ...of.store.value(name).dataSync(),
    ]);
    of.step();
    const after = ['0.tanh.gate', '0.relu.gate'].map((name) => [
      ...of.store.value(name).dataSync(),
    ]);
    expect(after[0]).toEqual(before[0]);
    expect(after[1]).not.toEqual(before[1]);
    of.dispose();
  });

  it('searches with the perplexity of inherited weights on the valid text', async () => {
    const search = await oneShot(options(), { ...parts, space, search: toySearch(3) }).begin({
      streams: createStreams(3),
    });
    const found: number[] = [];
    while (search.progress.done < search.progress.total) {
      const { evaluations = [] } = await search.step(new AbortController().signal);
      for (const { metrics } of evaluations) found.push(metrics.perplexity as number);
    }
    const best = search.incumbents()[0];
    expect(found).toHaveLength(3);
    expect(best?.metrics.perplexity).toBe(Math.min(...found));
    const { parameters } = (search.views as { supernet: { parameters: Training['store'] } })
      .supernet;
    const gates = pathGates(best?.proposal.architecture as Bits);
    const loss = textLoss(network, parameters, gates, data.open('valid'), { lanes: 2, window: 5 });
    expect(best?.metrics.perplexity).toBeCloseTo(Math.exp(loss), 6);
    search.dispose?.();
  });

  it('refuses an order of samples', () => {
    const order = { ...shuffledOrder };
    expect(() => training({}, { order })).toThrow(
      expect.objectContaining({ code: 'ARCHER_CAPABILITY' }),
    );
  });

  it('keeps the number of tensors constant and frees all', () => {
    const before = tf.memory().numTensors;
    const of = training(
      { momentum: 0 },
      { paths: { ...uniformPaths(1), begin: () => fixed([0, 0]) } },
    );
    of.step();
    const after1 = tf.memory().numTensors;
    for (let step = 0; step < 4; step++) of.step();
    expect(tf.memory().numTensors).toBe(after1);
    of.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

/** Always the same path. */
function fixed(path: readonly number[]) {
  return {
    propose: () => [{ id: 'fixed', architecture: path }],
    observe: () => {},
    state: null,
  };
}
