import { createStreams, type Proposal } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { describe, expect, it } from 'vitest';
import { batchIndices, evaluateAccuracy } from './accuracy.ts';
import { batchReader } from './batches.ts';
import { pathGates } from './gates.ts';
import type { Path } from './network.ts';
import { RunningStatistics } from './norm-statistics.ts';
import { ParameterStore } from './parameter-store.ts';
import { recalibrate } from './recalibrate.ts';
import { supernetEvaluator, TOGETHER } from './supernet-evaluator.ts';
import { toyData, toyNetwork } from './testing/toy-network.ts';

const network = toyNetwork();
const data = toyData();
const images = data.open('train');
const store = new ParameterStore(network.parameters, createStreams(1));
const context = { images, batches: 'all', streams: createStreams(1) } as const;
const paths: Path[] = [
  [3, 1],
  [2, 2],
  [0, 0],
];
const proposals = paths.map((architecture, i): Proposal<Path> => ({ id: `${i}`, architecture }));

/** Percent correct, one batch at a time, from the logits. */
function expected(path: Path, batch: number): number {
  const reader = batchReader(data, images);
  const hits = batchIndices(images.size, batch).flatMap((index) => {
    const { images: x, labels } = reader.plain(index);
    const forward = { parameters: store, batchNorm: 'batch' } as const;
    const best = network.forward(x, pathGates(path), forward).argMax(1).dataSync();
    return [...labels].map((label, i) => Number(best[i] === label));
  });
  return (100 * hits.reduce((a, b) => a + b, 0)) / hits.length;
}

describe('evaluateAccuracy', () => {
  it('counts hits over all batches, the smaller last one included', () => {
    const reader = batchReader(data, images);
    const before = tf.memory().numTensors;
    const accuracy = evaluateAccuracy(network, store, pathGates([3, 1]), reader, { batch: 8 });
    expect(tf.memory().numTensors).toBe(before);
    expect(accuracy).toBeCloseTo(expected([3, 1], 8), 9);
    expect(accuracy).toBeGreaterThan(0);
    expect(batchIndices(20, 8).map((index) => index.length)).toEqual([8, 8, 4]);
    expect(batchIndices(20, 8, 2).map((index) => index[0])).toEqual([0, 8]);
  });
});

describe('supernetEvaluator', () => {
  const evaluator = supernetEvaluator<Path>({
    network,
    parameters: store,
    data,
    path: (path) => path,
    batch: 8,
  });

  it('scores architectures batch by batch and goes on from its state', async () => {
    const { signal } = new AbortController();
    const straight = evaluator.start(proposals, context);
    // 20 images in batches of 8: three steps, each of all three architectures.
    for (let i = 0; i < 3; i++) {
      expect(straight.progress).toEqual({ done: 3 * i, total: 9, unit: 'evaluation' });
      expect(straight.evaluations()).toEqual([]);
      await straight.step(signal);
    }
    expect(straight.progress.done).toBe(9);
    const interrupted = evaluator.start(proposals, context);
    await interrupted.step(signal);
    const resumed = evaluator.start(proposals, context, structuredClone(interrupted.state));
    while (resumed.progress.done < resumed.progress.total) await resumed.step(signal);
    expect(resumed.evaluations()).toEqual(straight.evaluations());
    expect(straight.evaluations().map(({ metrics }) => metrics.accuracy)).toEqual(
      paths.map((path) => expected(path, 8)),
    );
  });

  it('scores so many architectures together, and tells which are finished', async () => {
    const many = Array.from({ length: TOGETHER + 1 }, (_, i): Proposal<Path> => {
      return { id: `${i}`, architecture: [i % 5, Math.floor(i / 5) % 5] };
    }).reverse();
    const job = evaluator.start(many, { ...context, batches: 1 });
    const first = await job.step(new AbortController().signal);
    expect(first.evaluations?.length).toBe(TOGETHER);
    expect(job.evaluations()).toEqual(first.evaluations);
    await job.step(new AbortController().signal);
    expect(job.evaluations().map(({ proposal }) => proposal)).toEqual(many);
    expect(job.progress).toMatchObject({ done: TOGETHER + 1, total: TOGETHER + 1 });
    const alone = evaluator.start(many.slice(7, 8), { ...context, batches: 1 });
    await alone.step(new AbortController().signal);
    expect(alone.evaluations()).toEqual(job.evaluations().slice(7, 8));
  });

  it('frees everything', async () => {
    const before = tf.memory().numTensors;
    const options = { network, parameters: store, data, path: (path: Path) => path, batch: 8 };
    const batchNorm = { split: images, batches: 2 };
    const job = supernetEvaluator({ ...options, batchNorm }).start(proposals, context);
    await job.step(new AbortController().signal);
    job.dispose?.();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('running statistics', () => {
  it('move by momentum and keep the unbiased variance, as PyTorch does', () => {
    const statistics = new RunningStatistics();
    statistics.update('bn', tf.tensor1d([2]), tf.tensor1d([3]), 4);
    const { mean, variance } = statistics.get('bn', 1);
    expect(mean.dataSync()[0]).toBeCloseTo(0.2, 6);
    expect(variance.dataSync()[0]).toBeCloseTo(0.9 + 0.1 * 4, 6);
    const again = new RunningStatistics({}, structuredClone(statistics.state));
    expect(again.state).toEqual(statistics.state);
  });

  it('recalibrated on one batch predict what its batch statistics predict', () => {
    const reader = batchReader(data, images);
    const batch = reader.plain(Int32Array.from({ length: 20 }, (_, i) => i));
    const gates = pathGates([3, 2]);
    const statistics = recalibrate(network, store, gates, [batch]);
    const logits = (batchNorm: 'batch' | 'running') => {
      const forward = { parameters: store, batchNorm, statistics };
      return network.forward(batch.images, gates, forward);
    };
    const difference = tf.max(tf.abs(tf.sub(logits('batch'), logits('running')))).dataSync()[0];
    // Unbiased against biased variance: n = 180 values per channel.
    expect(difference).toBeLessThan(0.02);
    expect(difference).toBeGreaterThan(0);
  });
});
