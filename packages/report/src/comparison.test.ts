import { describe, expect, it } from 'vitest';
import { record } from '../test/run-record.ts';
import { compareRuns, formatComparison } from './comparison.ts';

const spos = { strategy: { use: 'spos', epochs: 250 } };
const a = [0.6, 0.7, 0.8].map((tau, seed) => record({ seed, tau }));
const b = [0.62, 0.71, 0.83, 0.9].map((tau, seed) => record({ seed, tau, manifest: spos }));

describe('compareRuns', () => {
  it('pairs the seeds that both sides have', () => {
    const { seeds, metrics } = compareRuns(a, b);
    expect(seeds).toEqual({ both: [0, 1, 2], onlyA: [], onlyB: [3], unfinished: 0 });
    const tau = metrics.find(({ metric }) => metric === 'rank.0/kendall-tau');
    expect([tau?.a.n, tau?.b.n, tau?.paired?.n]).toEqual([3, 4, 3]);
    // Differences 0.02, 0.01, 0.03: mean 0.02, std 0.01, half width 4.302653 * 0.01 / sqrt(3).
    expect(tau?.paired?.mean).toBeCloseTo(0.02, 12);
    expect(tau?.paired?.low).toBeCloseTo(0.02 - 0.0248414, 6);
  });

  it('lists what differs in manifest, plugins and engine, and nothing else', () => {
    const other = record({
      manifest: { strategy: { use: 'pa-da', epochs: 20 }, seeds: [0, 1], title: 'b' },
      plugins: { 'strategy strategy:pa-da': 'pa-da@0.2.0' },
    });
    expect(compareRuns([record()], [other]).differences).toEqual([
      { path: 'manifest.seeds', a: '0', b: '0, 1' },
      { path: 'manifest.strategy.epochs', a: 250, b: 20 },
      { path: 'plugins.strategy strategy:pa-da', a: 'pa-da@0.1.0', b: 'pa-da@0.2.0' },
      { path: 'manifest.title', a: undefined, b: 'b' },
    ]);
  });

  it('finds a run equal to itself', () => {
    const { metrics, differences } = compareRuns(a, a);
    expect(differences).toEqual([]);
    for (const { paired } of metrics) expect(paired?.mean).toBe(0);
  });

  it('leaves unfinished runs out and says so', () => {
    const { seeds } = compareRuns([...a, record({ unfinished: true })], b);
    expect(seeds.unfinished).toBe(1);
  });

  it('R33 has no mean, and so no winner, where a seed gave NaN', () => {
    const broken = [0.9, Number.NaN, 0.9].map((tau, seed) => record({ seed, tau }));
    const { metrics } = compareRuns(a, broken);
    const tau = metrics.find(({ metric }) => metric === 'rank.0/kendall-tau');
    expect(tau).toMatchObject({
      a: { n: 3 },
      b: { n: 3, mean: Number.NaN },
      paired: { mean: Number.NaN },
    });
    expect(formatComparison(compareRuns(a, broken))).toMatch(/kendall-tau +0\.7000 .* NaN/);
  });

  it('refuses an empty side and a seed that is there twice', () => {
    expect(() => compareRuns([], b)).toThrow('first side of the comparison has no run');
    expect(() => compareRuns(a, [record(), record()])).toThrow('two runs of seed 0');
  });

  it('is written as two tables', () => {
    const text = formatComparison(compareRuns(a, b));
    expect(text).toContain('pada (paper) and pada (paper)');
    expect(text).toMatch(
      /rank\.0\/kendall-tau\s+0\.7000 ± 0\.1000.*\+0\.0200\s+\[-0\.0048, 0\.0448\]\s+3/,
    );
    expect(text).toContain('on one side only: the seeds 3');
    expect(text).toMatch(/manifest\.strategy\.use\s+pa-da\s+spos/);
  });
});
