import type { Expectation, JournalLine } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { record, study } from '../test/run-record.ts';
import type { RunRecord } from './record.ts';
import { verdict, verdicts } from './verdict.ts';

const expectation = (value: number, tolerance: number, more = {}): Expectation => ({
  metric: 'kendall-tau',
  value,
  tolerance,
  source: 'paper',
  ...more,
});

describe('verdict', () => {
  // Mean 0.71, standard deviation 0.01: 0.71 ± 4.302653 * 0.01 / sqrt(3) = [0.68516, 0.73484].
  const values = [0.7, 0.71, 0.72];

  it.each([
    ['reproduced', 0.713, 0.03],
    ['inconclusive', 0.713, 0.02], // [0.693, 0.733] is inside the interval
    ['inconclusive', 0.75, 0.03], // [0.72, 0.78] overlaps
    ['inconclusive', 0.76, 0.0252], // [0.7348, 0.7852] just overlaps
    ['differs', 0.76, 0.025], // [0.735, 0.785] just does not
    ['differs', 0.6, 0.03],
  ] as const)('%s for %d ± %d', (outcome, value, tolerance) => {
    expect(verdict(expectation(value, tolerance), values).outcome).toBe(outcome);
  });

  it('is inconclusive for fewer than three seeds, however well they agree', () => {
    expect(verdict(expectation(0.7, 0.1), [0.7, 0.7])).toMatchObject({
      outcome: 'inconclusive',
      reason: '2 of at least 3 seeds',
    });
  });

  it('is inconclusive when a seed gave NaN, which is not left out', () => {
    expect(verdict(expectation(0.71, 0.5), [...values, Number.NaN])).toMatchObject({
      outcome: 'inconclusive',
      reason: '1 of 4 seeds gave no number',
    });
  });

  it('takes equal values as an interval of no width', () => {
    expect(verdict(expectation(0.7, 0.1), [0.8, 0.8, 0.8]).outcome).toBe('reproduced');
    expect(verdict(expectation(0.7, 0), [0.7, 0.7, 0.7]).outcome).toBe('reproduced');
    expect(verdict(expectation(0.7, 0.1), [0.81, 0.81, 0.81]).outcome).toBe('differs');
  });

  it('was not run without values', () => {
    expect(verdict(expectation(0.7, 0.1), []).outcome).toBe('not run here');
  });
});

describe('verdicts', () => {
  const runs = [0.7, 0.71, 0.72].map((tau, seed) => record({ seed, tau }));
  const judge = (e: Expectation, records = runs) => verdicts([e], records)[0];

  it('finds the metric of a study by its name or its key', () => {
    for (const metric of ['kendall-tau', 'rank.0/kendall-tau'])
      expect(judge(expectation(0.713, 0.03, { metric }))?.outcome).toBe('reproduced');
  });

  it.each([
    [{ profile: 'night' }, 'profile night was not run, only paper'],
    [{ metric: 'spearman' }, 'no run has a metric spearman'],
    [{ metric: 'kendal-tau' }, 'no run has a metric kendal-tau; did you mean kendall-tau?'],
  ])('says why %j was not run here', (more, reason) => {
    expect(judge(expectation(0.7, 0.1, more))).toMatchObject({
      outcome: 'not run here',
      reason: `because ${reason}`,
    });
  });

  it('does not choose between two studies with the same metric', () => {
    const studies = [study({ 'kendall-tau': 0.1 }), study({ 'kendall-tau': 0.9 }, 1)];
    const found = judge(expectation(0.1, 1), [record({ studies })]);
    expect(found?.reason).toContain('rank.0/kendall-tau, rank.1/kendall-tau');
  });

  describe('of a run with its own interval', () => {
    const metrics = { 'rea/mean': 93.9, 'rea/mean-low': 93.8, 'rea/mean-high': 94 };
    const own = (
      value: number,
      tolerance: number,
      records = [record({ studies: [study(metrics)] })],
    ) => judge(expectation(value, tolerance, { metric: 'rea/mean', over: 'repetitions' }), records);

    it.each([
      ['reproduced', 93.92, 0.2],
      ['inconclusive', 93.92, 0.1],
      ['differs', 93.5, 0.2],
    ] as const)('%s for %d ± %d', (outcome, value, tolerance) => {
      expect(own(value, tolerance)?.outcome).toBe(outcome);
    });

    it('is inconclusive without the bounds, and as bad as the worst of several runs', () => {
      const bare = record({ studies: [study({ 'rea/mean': 93.9 })] });
      expect(own(93.9, 1, [bare])?.outcome).toBe('inconclusive');
      const low = { 'rea/mean': 90, 'rea/mean-low': 89.9, 'rea/mean-high': 90.1 };
      const runs = [metrics, low].map((one, seed) => record({ seed, studies: [study(one)] }));
      expect(own(93.92, 0.2, runs)?.outcome).toBe('differs');
    });
  });

  it('compares a number without randomness as it is', () => {
    const counted = [record({ studies: [study({ 'local-maxima': 17 })] })];
    const exact = (value: number) =>
      judge(expectation(value, 0, { metric: 'local-maxima', over: 'nothing' }), counted)?.outcome;
    expect(exact(17)).toBe('reproduced');
    expect(exact(18)).toBe('differs');
  });

  it('takes the last answer of a study that was asked several times', () => {
    const studies = [study({ 'kendall-tau': 0.9 }, 0, 250), study({ 'kendall-tau': 0.1 }, 0, 50)];
    expect(judge(expectation(0, 1), [record({ studies })])?.summary?.mean).toBe(0.9);
  });

  it('does not leave out a seed that lacks the metric', () => {
    const found = judge(expectation(0.7, 1), [...runs, record({ seed: 3, studies: [] })]);
    expect(found?.reason).toBe('1 of 4 seeds gave no number');
  });

  it('judges no run whose protocol was changed', () => {
    const begun = (...changed: string[]): JournalLine => {
      return { seq: 0, kind: 'telemetry', job: 'run', event: 'begin', body: { changed } };
    };
    const judged = (...changed: string[]) =>
      judge(
        expectation(0.7, 1),
        runs.map((run) => ({ ...run, lines: [begun(...changed)] })),
      );
    expect(judged('strategy.epochs', 'tracker.flushMs')).toMatchObject({
      outcome: 'not run here',
      reason: 'because what was run has another strategy.epochs than the manifest',
    });
    // Where data lie, and who is told, changes no number.
    expect(judged('data.folder', 'tracker.flushMs')?.outcome).toBe('reproduced');
    const [first, ...others] = runs as [RunRecord, ...RunRecord[]];
    const mixed = [{ ...first, lines: [begun('data.batch')] }, ...others];
    expect(judge(expectation(0.7, 1), mixed)?.summary?.n).toBe(2);
  });

  it('counts the copy of a run once', () => {
    const [first, second] = runs as [RunRecord, RunRecord];
    const found = judge(expectation(0.7, 1), [first, second, { ...first, folder: 'copy' }]);
    expect(found).toMatchObject({ outcome: 'inconclusive', summary: { n: 2 } });
  });

  it('judges no unfinished run', () => {
    const found = judge(expectation(0.7, 1), [record({ unfinished: true })]);
    expect(found).toMatchObject({ outcome: 'not run here', reason: 'because no run is finished' });
  });
});
