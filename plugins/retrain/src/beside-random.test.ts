import { createStreams, memorySplit, pureEvaluator, type State } from '@archer-nas/core';
import { type Bits, bitSpace } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';
import { besideRandom } from './beside-random.ts';

const { signal } = new AbortController();
const space = bitSpace(2);

/** 10 for every one, on any images. */
const scores = (direction: 'maximise' | 'minimise' = 'maximise') =>
  pureEvaluator<Bits>({
    metrics: [{ name: 'score', unit: '', direction }],
    measure: (a) => ({ metrics: { score: 10 * a.reduce((sum, bit) => sum + bit, 0) }, cost: {} }),
  });
const selection = (...architectures: Bits[]) => ({
  evaluations: () =>
    architectures.map((architecture) => ({
      ...{ proposal: { id: 'x', architecture }, metrics: { score: 0 }, cost: {} },
      status: 'final' as const,
    })),
});
const parts = {
  ...{ space, sample: 400, scores: scores(), batches: 'all' as const, streams: createStreams(5) },
  candidates: selection([1, 1], [1, 1], [0, 1]),
  images: memorySplit('valid', Int32Array.of(0), new Uint8Array(1)),
};

async function answered(given: Partial<Parameters<typeof besideRandom<Bits>>[0]> = {}) {
  const job = besideRandom<Bits>({ ...parts, ...given });
  let last = {};
  while (job.progress.done < job.progress.total) last = await job.step(signal);
  return last as { metrics: Record<string, number>; evaluations?: unknown };
}

describe('beside random', () => {
  it('compares the scores of a selection with those of random architectures', async () => {
    const { metrics, evaluations } = await answered();
    expect(metrics['selected-mean']).toBeCloseTo((20 + 20 + 10) / 3, 12);
    // Four architectures, equally likely: 10 on average, with a deviation of 7.1 / √400.
    expect(metrics['random-mean']).toBeGreaterThan(10 - 4 * 0.36);
    expect(metrics['random-mean']).toBeLessThan(10 + 4 * 0.36);
    const gain = (metrics['selected-mean'] ?? 0) - (metrics['random-mean'] ?? 0);
    expect(metrics['selection-gain']).toBeCloseTo(gain, 12);
    expect(metrics).toMatchObject({ 'selected-best': 20, 'random-best': 20, 'best-gain': 0 });
    expect(evaluations).toBeUndefined();
  });

  it('gains where less is better by having less', async () => {
    const given = { scores: scores('minimise'), candidates: selection([0, 1], [0, 0]) };
    const { metrics } = await answered({ ...given, sample: 1 });
    const [random = Number.NaN] = [metrics['random-mean']];
    expect(metrics['selection-gain']).toBe(random - 5);
    expect(metrics).toMatchObject({ 'selected-best': 0, 'best-gain': random });
  });

  it('goes on from any step with the same random architectures', async () => {
    const small = { ...parts, sample: 5 };
    const straight = await answered({ sample: 5 });
    let state: State | undefined;
    let last = {};
    const { total } = besideRandom<Bits>(small).progress;
    for (let step = 0; step < total; step++) {
      const job = besideRandom<Bits>(small, state);
      last = await job.step(signal);
      state = structuredClone(job.state);
    }
    expect(last).toEqual(straight);
  });
});
