import { type Block, createStreams, EvaluationLog, type Search } from '@archer-nas/core';
import { type Bits, createParts, drive } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';
import { toyPlugins } from './testing/toy-plugins.ts';

const toy = { plugins: toyPlugins, space: { use: 'toy-bits', bits: 6 } };
const arms = [
  { use: 'search', evaluations: 5, perStep: 2 },
  { name: 'longer', use: 'search', evaluations: 9, workers: 2, perStep: 2 },
];

async function run(strategy: Block, evaluator: Block = { use: 'toy-seconds' }) {
  const parts = await createParts({ ...toy, evaluator, strategy });
  const search: Search<Bits> = await parts.strategy.begin({ streams: createStreams(3) });
  await drive(search);
  return search;
}

function values(search: Search<Bits>, arm: string, repeat: number): string[] {
  const history = search.views.histories?.find((one) => one.arm === arm && one.repeat === repeat);
  if (history === undefined) throw new Error(`no ${arm} ${repeat}`);
  return Array.from({ length: history.length }, (_, i) =>
    history.at(i).proposal.architecture.join(''),
  );
}

describe('repeat', () => {
  it('keeps a history of every repetition of every arm, all different', async () => {
    const search = await run({ use: 'repeat', times: 4, arms });
    const { histories = [] } = search.views;
    expect(histories.map(({ arm, repeat, length }) => [arm, repeat, length])).toEqual(
      [0, 1, 2, 3].flatMap((repeat) => [
        ['search', repeat, 5],
        ['longer', repeat, 9],
      ]),
    );
    const texts = histories.map(({ arm, repeat }) => values(search, arm, repeat).join());
    expect(new Set(texts).size).toBe(8);
  });

  it('gives an arm the same repetitions whatever stands beside it', async () => {
    const both = await run({ use: 'repeat', times: 3, arms });
    const alone = await run({ use: 'repeat', times: 5, perStep: 1, arms: arms.slice(1) });
    for (const repeat of [0, 1, 2]) {
      expect(values(alone, 'longer', repeat)).toEqual(values(both, 'longer', repeat));
    }
  });

  it('tells mean and standard deviation of what the repetitions found', async () => {
    const search = await run({ use: 'repeat', times: 4, arms: arms.slice(0, 1) });
    const best = [0, 1, 2, 3].map((repeat) =>
      Math.max(...values(search, 'search', repeat).map((a) => a.replaceAll('0', '').length)),
    );
    const mean = best.reduce((sum, one) => sum + one, 0) / 4;
    const std = Math.sqrt(best.reduce((sum, one) => sum + (one - mean) ** 2, 0) / 3);
    const { metrics, tables } = await search.result();
    expect(metrics).toEqual({ 'search/ones': mean, 'search/ones/std': std });
    expect(tables?.repetitions?.rows).toEqual([['search', 'ones', 4, mean, std]]);
  });

  it("refuses another version's state: the first layout had no number", async () => {
    const { strategy } = await createParts({
      ...toy,
      evaluator: { use: 'toy-seconds' },
      strategy: { use: 'repeat', times: 2, arms },
    });
    const context = { streams: createStreams(3) };
    const search = await strategy.begin(context);
    await search.step(new AbortController().signal);
    const { format: _, ...old } = search.state as { format: number };
    await expect(strategy.begin(context, old)).rejects.toThrow(
      'The state of repeat is in the layout number none; this version reads 2.',
    );
  });

  it('journals a step of many repetitions as one log for each arm', async () => {
    const { strategy, space } = await createParts({
      ...toy,
      evaluator: { use: 'toy-seconds' },
      strategy: { use: 'repeat', times: 4, perStep: 30, arms },
    });
    const search: Search<Bits> = await strategy.begin({ streams: createStreams(3) });
    const batches: [string, number, number, number[]][] = [];
    await drive(search, ({ evaluated = [] }) => {
      for (const { arm, repeat, from, log: saved } of evaluated) {
        const log = EvaluationLog.from(space, saved);
        const starts = Array.from({ length: log.histories + 1 }, (_, i) => log.startOf(i));
        batches.push([arm, repeat, from, starts]);
      }
    });
    // Repetitions of 5 and 9 evaluations in turns, in steps of two; a step has at least 30.
    expect(batches).toEqual([
      ['search', 0, 0, [0, 5, 10, 12]],
      ['longer', 0, 0, [0, 9, 18]],
      ['search', 2, 2, [0, 3, 8]],
      ['longer', 2, 0, [0, 9, 18]],
    ]);
  });

  it('refuses arms that cannot be told apart, or that keep no history', async () => {
    const twice = run({ use: 'repeat', times: 1, arms: [arms[0], arms[0]] });
    await expect(twice).rejects.toThrow('two blocks called "search"');
    const silent = run({ use: 'repeat', times: 1, arms: [{ use: 'toy-silent' }] });
    await expect(silent).rejects.toThrow('arm "toy-silent" has no view "histories"');
  });
});
