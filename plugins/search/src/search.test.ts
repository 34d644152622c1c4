import {
  type Block,
  createStreams,
  type Evaluation,
  type Search,
  type State,
} from '@archer-nas/core';
import { type Bits, bitSpace, createParts, drive } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';
import { toyPlugins } from './testing/toy-plugins.ts';

const toy = {
  plugins: toyPlugins,
  space: { use: 'toy-bits', bits: 6 },
  evaluator: { use: 'toy-seconds' } as Block,
};
const slow = { use: 'toy-seconds', lookUp: false };

async function run(strategy: object, other: object = {}): Promise<Search<Bits>> {
  const blocks = { ...toy, ...other, strategy: { use: 'search', ...strategy } };
  const { strategy: made } = await createParts(blocks);
  const search: Search<Bits> = await made.begin({ streams: createStreams(3) });
  await drive(search);
  return search;
}

function evaluationsOf(search: Search<Bits>): Evaluation<Bits>[] {
  const history = search.views.histories?.[0];
  if (history === undefined) throw new Error('no history');
  return Array.from({ length: history.length }, (_, i) => history.at(i));
}

const ids = (search: Search<Bits>): string[] =>
  evaluationsOf(search).map(({ proposal }) => proposal.id);

describe('search', () => {
  it('finds the same in every way of stepping', async () => {
    const budget = { evaluations: 50, workers: 3 };
    const whole = evaluationsOf(await run(budget));
    expect(whole).toHaveLength(50);
    expect(evaluationsOf(await run({ ...budget, perStep: 7 }))).toEqual(whole);
    expect(evaluationsOf(await run(budget, { evaluator: slow }))).toEqual(whole);
  });

  it.each([
    ['looked up', {}],
    ['evaluated', { evaluator: slow }],
  ])('is the longer search when it is extended, %s', async (_, other) => {
    const of = async (strategy: object, saved?: State) => {
      const blocks = { ...toy, ...other, strategy: { use: 'search', ...strategy } };
      const { strategy: made } = await createParts(blocks);
      const search: Search<Bits> = await made.begin({ streams: createStreams(3) }, saved);
      await drive(search);
      return search;
    };
    const short = await of({ evaluations: 20 });
    const extended = await of({ evaluations: 50 }, structuredClone(short.state));
    expect(evaluationsOf(extended)).toEqual(evaluationsOf(await of({ evaluations: 50 })));
    expect(extended.progress).toMatchObject({ done: 50, total: 50 });
    // What would have ended after the budget's time is lost, so that time is not extended.
    const timed = await of({ budget: { seconds: 100 } });
    const longer = await of({ budget: { seconds: 200 } }, structuredClone(timed.state));
    expect(longer.progress.done).toBe(timed.progress.done);
  });

  it('ends with the last evaluation that ends within the budget', async () => {
    const search = await run({ budget: { seconds: 100 } });
    const history = search.views.histories?.[0];
    const paid = history?.paid(history.length - 1);
    expect(paid?.seconds).toBeLessThanOrEqual(100);
    expect(paid?.seconds).toBeGreaterThan(100 - 6); // the next one would have ended later
    expect(paid?.epochs).toBe(2 * (paid?.seconds ?? 0));
    const ones = evaluationsOf(search).map(({ metrics }) => metrics.ones ?? 0);
    expect(paid?.seconds).toBe(ones.reduce((sum, one) => sum + one, 0));
  });

  it('brings proposals back in the order in which simulated workers end', async () => {
    const search = await run({ evaluations: 60, workers: 4 });
    const history = search.views.histories?.[0];
    const times = Array.from({ length: 60 }, (_, i) => history?.paid(i).seconds ?? Number.NaN);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(ids(search)).not.toEqual(Array.from({ length: 60 }, (_, i) => `draw-${i}`));
    // Four workers, of whom nobody idles, take about a quarter of the sum of the costs.
    const sum = evaluationsOf(search).reduce((all, { cost }) => all + (cost.seconds ?? 0), 0);
    expect(times.at(-1)).toBeGreaterThanOrEqual(sum / 4 - 6);
    expect(times.at(-1)).toBeLessThanOrEqual(sum / 4 + 6);
    expect(history?.paid(59).epochs).toBe(2 * sum);
  });

  it('proposes from what has come back, never from what is in the air', async () => {
    const search = await run({ evaluations: 40, workers: 4, clock: 'evaluations' });
    const known = evaluationsOf(search).map(({ proposal }) => proposal.parent);
    // Every evaluation takes 1: they come back in the order of proposing, three behind.
    const expected = Array.from({ length: 40 }, (_, i) => `known-${Math.max(0, i - 3)}`);
    expect(known).toEqual(expected);
    expect(ids(search)).toEqual(Array.from({ length: 40 }, (_, i) => `draw-${i}`));
  });

  it('reports look-ups in columns that read back as the history', async () => {
    const { strategy } = await createParts({
      ...toy,
      strategy: { use: 'search', evaluations: 20, perStep: 8 },
    });
    const search: Search<Bits> = await strategy.begin({ streams: createStreams(0) });
    const sizes: number[] = [];
    await drive(search, ({ evaluated }) => {
      for (const { from, log } of evaluated ?? []) {
        expect(from).toBe(sizes.reduce((sum, n) => sum + n, 0));
        sizes.push((log as { length: number }).length);
      }
    });
    expect(sizes).toEqual([8, 8, 4]);
  });

  it('keeps the front of several metrics, with costs that the space counts', async () => {
    const search = await run({ evaluations: 300 }, { objective: { use: 'toy-pair' } });
    const { metrics, tables, best } = await search.result();
    // The cheapest string of k ones has them at the first k places: params k (k + 1) / 2.
    const front = best.map(({ metrics }) => [metrics.ones, metrics.params]);
    front.sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0));
    expect(front).toEqual([0, 1, 2, 3, 4, 5, 6].map((k) => [k, (k * (k + 1)) / 2]));
    expect(metrics).toEqual({ 'front-size': 7, 'best-ones': 6, 'best-params': 0 });
    expect(tables?.front?.rows[0]).toEqual(['111111', 6, 21]);
  });

  it('has no incumbent outside of the limits', async () => {
    const search = await run({ evaluations: 300 }, { objective: { use: 'toy-pair', most: 6 } });
    expect(search.incumbents()).not.toHaveLength(0);
    for (const { metrics } of search.incumbents()) expect(metrics.params).toBeLessThanOrEqual(6);
  });

  it('has scores that say nothing about the truth', async () => {
    const { views } = await run({ evaluations: 1 });
    const proposals = [...bitSpace(6).all()].map((architecture, i) => ({
      id: `${i}`,
      architecture,
    }));
    const job = views.scores?.start(proposals, { batches: 'all', streams: createStreams(0) });
    await job?.step(new AbortController().signal);
    const scores = job?.evaluations().map(({ metrics }) => metrics['random-score'] ?? Number.NaN);
    expect(new Set(scores).size).toBe(64);
    const mean = (scores ?? []).reduce((sum, one) => sum + one, 0) / 64;
    expect(Math.abs(mean - 0.5)).toBeLessThan(3 * Math.sqrt(1 / 12 / 64));
  });

  it('hands the fidelity to the evaluator and names what it cannot do', async () => {
    await expect(run({ metric: 'accuracy' })).rejects.toThrow("does not measure 'accuracy', only");
    const both = run({ metric: 'ones' }, { objective: { use: 'toy-pair' } });
    await expect(both).rejects.toThrow('the manifest has an objective and the option "metric"');
    const free = { evaluator: { use: 'toy-seconds', costs: false } };
    await expect(run({ budget: { seconds: 9 } }, free)).rejects.toThrow('states none');
    const two = run({ budget: { seconds: 9, epochs: 9 } });
    await expect(two).rejects.toThrow('seconds or epochs, not both');
    await expect(run({ budget: { seconds: 9 }, clock: 'epochs' })).rejects.toThrow('must count');
  });
});
