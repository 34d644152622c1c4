import { describe, expect, it } from 'vitest';
import { record } from '../test/run-record.ts';
import { comparisonPage } from './page/comparison-page.ts';
import { compareEach, formatSeveral, severalTables } from './several-comparison.ts';

const group = (taus: readonly number[], use = 'pa-da') =>
  taus.map((tau, seed) =>
    record({ seed, tau, manifest: { name: use, strategy: { use, epochs: 250 } } }),
  );
const sides = [group([0.6, 0.7, 0.8]), group([0.62, 0.71, 0.83], 'spos'), group([0.5, 0.6, 0.7])];

describe('several experiments', () => {
  it('are compared each with the first, over the seeds that both have', () => {
    const [metrics] = severalTables(compareEach(sides));
    const row = metrics.rows.find(([name]) => name === 'rank.0/kendall-tau');
    expect(metrics.columns.slice(-2)).toEqual(['b - a', 'c - a']);
    // 0.02, 0.01 and 0.03: mean 0.02, half width 4.302653 · 0.01 / √3; all of the third are -0.1.
    expect(row?.slice(1)).toEqual([
      ...['0.7000 ± 0.1000', '0.7200 ± 0.1054', '0.6000 ± 0.1000'],
      ...['+0.0200 [-0.0048, 0.0448]', '-0.1000 [-0.1000, -0.1000]'],
    ]);
  });

  it('differ in what any two of them differ in, with the value of every side', () => {
    const [, differences] = severalTables(compareEach(sides));
    expect(differences.columns).toEqual(['place', 'a', 'b', 'c']);
    expect(differences.rows).toContainEqual(['manifest.strategy.use', 'pa-da', 'spos', 'pa-da']);
  });

  it('are two in most cases, and then are written as two always were', () => {
    expect(formatSeveral(compareEach(sides.slice(0, 2)))).toContain('95 % interval');
  });

  it('of one name are called by where they are from, and by number where that is one', async () => {
    const [pada] = sides as [ReturnType<typeof group>];
    const named = (paths?: readonly string[]) =>
      severalTables(compareEach([pada, pada], paths))[0].columns.slice(1, 3);
    expect(named(['sweep/a', 'sweep/b'])).toEqual(['a: sweep/a', 'b: sweep/b']);
    expect(named(['a', 'a'])).toEqual(['a: pada (paper)', 'b: pada (paper) (2)']);
    expect(named()).toEqual(['a: pada (paper)', 'b: pada (paper) (2)']);
    const page = await comparisonPage(
      { records: pada, path: 'sweep/a' },
      { records: pada, path: 'sweep/b' },
    );
    expect(page).toContain('<title>sweep/a and sweep/b');
  });

  it('need two sides, and every side a run', () => {
    expect(() => compareEach(sides.slice(0, 1))).toThrow('at least two sides');
    expect(() => compareEach([...sides.slice(0, 2), []])).toThrow('The third side');
  });

  it('have a page with each of them in every section', async () => {
    const page = await comparisonPage(...sides.map((records) => ({ records })));
    expect(page).toContain('3 experiments');
    expect(page.match(/<h3>(pa-da|spos|pada)[^<]*<\/h3>/g)?.length).toBe(9);
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
