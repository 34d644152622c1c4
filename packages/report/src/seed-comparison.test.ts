import type { JournalLine, State } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { record, study } from '../test/run-record.ts';
import { markdownTable } from './markdown-table.ts';
import type { StudyAnswer } from './record.ts';
import { compareBySeed, type Group } from './seed-comparison.ts';
import { seedComparisonTables } from './seed-comparison-tables.ts';

const group = (name: string, taus: readonly number[], first = 0): Group => ({
  name,
  runs: taus.map((tau, at) => record({ seed: first + at, tau })),
});

const darts = group('darts', [50, 60, 70]);
const rs = group('rs', [60, 75, 75, 90]);
const adv = group('adv', [71, 61], 1);

/** A run whose eigenvalue was measured after two epochs of two steps. */
function measured(seed: number, values: readonly [number, number], epochs = true) {
  const end = (at: number, epoch: number): JournalLine => {
    const body = { metrics: { loss: 1, epoch } } as unknown as State;
    return { seq: at, kind: 'science', job: 'search', event: 'step', at, body };
  };
  const studies = values.map((value, at) => study({ eigenvalue: value }, 1, 2 * (at + 1)));
  return record({ seed, studies, lines: epochs ? [end(2, 1), end(4, 2)] : [] });
}

/** A run whose study has a table with a row per epoch. */
function trajectory(seed: number, accuracies: readonly number[], index = 2) {
  const rows = accuracies.map((accuracy, at) => [at + 1, `cell ${at}`, accuracy]);
  const tables = { trajectory: { columns: ['epoch', 'cell', 'accuracy'], rows } };
  return record({ seed, studies: [{ ...study({}, index), id: 'trajectory', tables }] });
}

describe('compareBySeed', () => {
  const { metrics } = compareBySeed([darts, rs, adv], ['kendall-tau']);
  const [tau] = metrics;

  it('has a row per seed of any experiment, with nothing where a seed did not run', () => {
    expect([...(tau?.rows ?? [])]).toEqual([
      [0, [50, 60, undefined]],
      [1, [60, 75, 71]],
      [2, [70, 75, 61]],
      [3, [undefined, 90, undefined]],
    ]);
    expect(tau?.summaries.map(({ n, mean }) => [n, mean])).toEqual([
      [3, 60],
      [4, 75],
      [2, 66],
    ]);
  });

  it('takes the seeds that two experiments share for their difference', () => {
    expect(tau?.pairs.map(({ first, second }) => `${second} - ${first}`)).toEqual([
      'rs - darts',
      'adv - darts',
      'adv - rs',
    ]);
    // 10, 15, 5: mean 10, std 5, half width 4.302653 * 5 / sqrt(3) = 12.420...
    const [first, second] = tau?.pairs ?? [];
    expect(first?.difference).toMatchObject({ n: 3, mean: 10, std: 5 });
    expect(first?.difference.low).toBeCloseTo(10 - 12.42069, 4);
    // All three are positive: two of the 2³ signs are as extreme, p = 0.25.
    expect(first?.p).toBe(0.25);
    // 11 and -9: mean 1. A resample of two has mean -9, 1 or 11 with odds 1 : 2 : 1.
    expect(second?.difference).toMatchObject({ n: 2, mean: 1 });
    expect(second?.bootstrap).toMatchObject({ low: -9, high: 11 });
    expect(second?.p).toBe(1);
  });

  it('resamples alike every time', () => {
    const again = compareBySeed([darts, rs, adv], ['kendall-tau']);
    expect(again.metrics[0]?.pairs).toEqual(tau?.pairs);
  });

  it('follows what was measured several times, by the epochs of the journals', () => {
    const a = { name: 'a', runs: [measured(0, [1, 3]), measured(1, [2, 5])] };
    const b = { name: 'b', runs: [measured(0, [4, 4])] };
    const { series, metrics: last } = compareBySeed([a, b], ['rank.1/eigenvalue']);
    expect(series[0]).toMatchObject({ unit: 'epoch' });
    const points = series[0]?.points.map(({ at, summaries }) => [
      at,
      ...summaries.map(({ n, mean }) => [n, mean]),
    ]);
    expect(points).toEqual([
      [1, [2, 1.5], [1, 4]],
      [2, [2, 4], [1, 4]],
    ]);
    expect([...(last[0]?.rows.get(1) ?? [])]).toEqual([5, undefined]);
  });

  it('counts steps where journals do not tell epochs', () => {
    const runs = [measured(0, [1, 3], false)];
    const { series } = compareBySeed([{ name: 'a', runs }], ['eigenvalue']);
    expect(series[0]).toMatchObject({ unit: 'step', points: [{ at: 2 }, { at: 4 }] });
  });

  it('follows a column of a table by epoch, whose last epoch counts', () => {
    const a = { name: 'a', runs: [trajectory(0, [90, 80]), trajectory(1, [92, 94, 70])] };
    const b = { name: 'b', runs: [trajectory(0, [91, 93])] };
    const { series, metrics: last } = compareBySeed([a, b], ['accuracy']);
    expect([...(last[0]?.rows ?? [])]).toEqual([
      [0, [80, 93]],
      [1, [70, undefined]],
    ]);
    expect(series[0]?.unit).toBe('epoch');
    const points = series[0]?.points.map(({ at, summaries }) => [
      at,
      ...summaries.map(({ n, mean }) => [n, n === 0 ? undefined : mean]),
    ]);
    expect(points).toEqual([
      [1, [2, 91], [1, 91]],
      [2, [2, 87], [1, 93]],
      [3, [1, 70], [0, undefined]],
    ]);
    expect(compareBySeed([a, b], ['trajectory.2/accuracy']).metrics[0]?.rows).toEqual(
      last[0]?.rows,
    );
  });

  it('has no end where the last epoch of a table has no value, and takes the last answer', () => {
    const gone = trajectory(0, [90, Number.NaN]);
    const [answer] = gone.result?.studies ?? [];
    const rows = [
      [1, 'cell', 90],
      [2, 'cell', null],
    ];
    const tables = { trajectory: { columns: ['epoch', 'cell', 'accuracy'], rows } };
    const studies = [{ ...(answer as StudyAnswer), tables }];
    const a = { name: 'a', runs: [record({ studies })] };
    const b = { name: 'b', runs: [trajectory(0, [90, 80])] };
    expect([...(compareBySeed([a, b], ['accuracy']).metrics[0]?.rows ?? [])]).toEqual([
      [0, [undefined, 80]],
    ]);
    const [first, second] = [trajectory(0, [1, 2]), trajectory(0, [3, 4])].map(
      ({ result }, at) => ({ ...(result?.studies[0] as StudyAnswer), searchAt: at }),
    ) as [StudyAnswer, StudyAnswer];
    const twice = { name: 'twice', runs: [record({ studies: [second, first] })] };
    expect(compareBySeed([twice], ['accuracy']).metrics[0]?.rows.get(0)).toEqual([4]);
  });

  it('refuses a column that two studies have', () => {
    const [one, other] = [trajectory(0, [90, 80]), trajectory(0, [1, 2], 3)];
    const studies = [one, other].flatMap(({ result }) => result?.studies ?? []);
    const both = [{ name: 'both', runs: [record({ studies })] }];
    expect(() => compareBySeed(both, ['accuracy'])).toThrow(
      '"accuracy" may be any of trajectory.2/accuracy, trajectory.3/accuracy',
    );
    expect(() => compareBySeed(both, ['cell'])).toThrow('has the metric "cell"'); // no numbers
  });

  it('R33 has no interval and no p where a seed gave NaN', () => {
    const broken = group('broken', [50, Number.NaN, 70]);
    const [pair] = compareBySeed([darts, broken], ['kendall-tau']).metrics[0]?.pairs ?? [];
    expect(pair).toMatchObject({ difference: { mean: Number.NaN }, p: Number.NaN });
    expect(pair?.bootstrap).toEqual({ low: Number.NaN, high: Number.NaN });
  });

  it('refuses a metric that nobody has, and two runs of a seed', () => {
    expect(() => compareBySeed([darts], ['accuracy'])).toThrow('has the metric "accuracy"');
    const twice = { name: 'twice', runs: [...darts.runs, ...darts.runs] };
    expect(() => compareBySeed([twice], ['kendall-tau'])).toThrow('twice has two runs of seed 0');
  });
});

describe('its tables', () => {
  it('are Markdown with what was measured, seed by seed and paired', () => {
    const tables = seedComparisonTables(compareBySeed([darts, rs], ['kendall-tau']));
    expect([...tables.keys()]).toEqual(['seeds-kendall-tau', 'paired']);
    const text = [...tables.values()].map(markdownTable).join('\n\n');
    expect(text).toContain('| seed | darts | rs |\n| --- | --- | --- |\n| 0 | 50 | 60 |');
    expect(text).toContain('| 3 | – | 90 |');
    expect(text).toContain('| mean ± std | 60 ± 10 | 75 ± 12.2474 |');
    expect(text).toContain('| kendall-tau | rs - darts | 3 | +10 ± 5 | [-2.4207, 22.4207] |');
  });

  it('give one pair no interval', () => {
    const one = [group('a', [1]), group('b', [2])];
    const paired = seedComparisonTables(compareBySeed(one, ['kendall-tau'])).get('paired');
    expect(paired?.rows).toEqual([['kendall-tau', 'b - a', 1, '+1', null, null, null]]);
  });

  it('escape what Markdown would take for a column', () => {
    const table = markdownTable({ columns: ['cell'], rows: [['|none~0|']] });
    expect(table).toContain('| \\|none~0\\| |');
  });
});
