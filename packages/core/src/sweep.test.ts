import { describe, expect, it } from 'vitest';
import { parseManifest } from './manifest.ts';
import { pointChanges, sweepPoints, withPoint } from './sweep.ts';

const manifest = (sweep: object, rest: object = {}) =>
  parseManifest(
    JSON.stringify({
      name: 'pada',
      space: { use: 'toy' },
      strategy: { use: 'pa-da', epochs: 5, order: { use: 'importance', power: 1 } },
      profiles: { quick: { seeds: [1] } },
      ...(Object.keys(sweep).length > 0 ? { sweep } : {}),
      ...rest,
    }),
    'manifest.yaml',
  );

const namesOf = (sweep: object) => sweepPoints(manifest(sweep)).map(({ name }) => name);

describe('the points of a sweep', () => {
  it('are all combinations of a grid, the last path fastest', () => {
    const grid = { 'strategy.epochs': [10, 20], 'strategy.lr': [0.1, 5e-4] };
    expect(namesOf({ grid })).toEqual([
      ...['epochs-10-lr-0-1', 'epochs-10-lr-0-0005'],
      ...['epochs-20-lr-0-1', 'epochs-20-lr-0-0005'],
    ]);
  });

  it('are named points, each with every combination', () => {
    const points = { 'path-only': {}, both: null };
    expect(namesOf({ points })).toEqual(['path-only', 'both']);
    expect(namesOf({ points, grid: { 'data.batch': [32, 64] } })).toEqual([
      ...['path-only-batch-32', 'path-only-batch-64', 'both-batch-32', 'both-batch-64'],
    ]);
  });

  it('have whole paths in their names where last words are alike, and plugins by their ids', () => {
    const grid = { 'strategy.order.power': [1], 'strategy.paths.power': [2] };
    expect(namesOf({ grid })).toEqual(['strategy-order-power-1-strategy-paths-power-2']);
    const blocks = { 'strategy.order': [{ use: 'shuffle' }, { use: 'importance', power: 2 }] };
    expect(namesOf({ grid: blocks })).toEqual(['order-shuffle', 'order-importance']);
  });

  it.each([
    ['equal names', { grid: { 'strategy.lr': [0.1, '0-1'] } }, /"lr-0-1" is the name of two/],
    ['the name of a profile', { points: { quick: {} } }, /"quick" is the name of two.*profile/],
    ['names of no folder', { grid: { 'strategy.x': ['a'.repeat(200)] } }, /is no name of a folder/],
    [
      'too many',
      { grid: Object.fromEntries('abcdefgh'.split('').map((x) => [x, [1, 2, 3, 4]])) },
      /65536 points, more than 10000/,
    ],
  ])('R40 are refused for %s', (_, sweep, message) => {
    expect(() => namesOf(sweep)).toThrow(message);
  });

  it.each([
    ['nothing', {}],
    ['a list', { points: [] }],
    ['no values', { grid: { a: [] } }],
    ['a folder elsewhere', { points: { '../x': {} } }],
    ['an unknown key', { points: { a: {} }, random: 3 }],
  ])('R40 are refused at once for %s', (_, sweep) => {
    expect(() => manifest({}, { sweep })).toThrow(/sweep/);
  });
});

describe('a manifest at a point', () => {
  it('has its overlay laid over it as a profile is, then the values of the grid', () => {
    const sweep = {
      points: { plain: { strategy: { epochs: 7, order: { use: 'shuffle' } } } },
      grid: { 'strategy.epochs': [9] },
    };
    expect(withPoint(manifest(sweep), 'plain-epochs-9').strategy).toEqual({
      use: 'pa-da',
      epochs: 9,
      order: { use: 'shuffle' },
    });
  });

  it('is itself without one', () => {
    const plain = manifest({});
    expect(withPoint(plain, undefined)).toBe(plain);
  });

  it('says in which paths it is another experiment', () => {
    const points = {
      same: { strategy: { epochs: 5 } },
      longer: { strategy: { epochs: 7 }, title: 'longer' },
      plain: { strategy: { order: { use: 'shuffle' } } },
      ranked: { study: [{ rank: { batches: 4 } }] },
    };
    const study = [{ rank: { batches: 2 } }];
    const swept = manifest({ points }, { study });
    const changes = (point: string) => pointChanges(swept, point);
    expect(changes('same')).toEqual([]);
    expect(changes('longer')).toEqual(['strategy.epochs', 'title']);
    expect(changes('plain')).toEqual(['strategy.order']);
    expect(changes('ranked')).toEqual(['study.0.batches']);
    expect(pointChanges(swept, undefined)).toEqual([]);
    const grid = manifest({ grid: { 'strategy.epochs': [5, 20] } });
    expect(pointChanges(grid, 'epochs-5')).toEqual([]);
    expect(pointChanges(grid, 'epochs-20')).toEqual(['strategy.epochs']);
  });

  it('is what its own expectations are for, but for the grid', () => {
    const own = [{ metric: 'kendall-tau', value: 0.7, tolerance: 0.1, source: 'the paper' }];
    const points = { other: { strategy: { epochs: 7 }, expect: own } };
    const swept = manifest({ points, grid: { 'data.batch': [32] } }, { data: { use: 'toy' } });
    expect(pointChanges(swept, 'other-batch-32')).toEqual(['data.batch']);
  });

  it('is refused where the sweep has no such point, or there is none', () => {
    const sweep = { points: { both: {}, 'path-only': {} } };
    expect(() => withPoint(manifest(sweep), 'path-olny')).toThrowError(
      expect.objectContaining({ code: 'ARCHER_SWEEP', hint: expect.stringContaining('path-only') }),
    );
    expect(() => withPoint(manifest({}), 'both')).toThrow('pada has no sweep.');
  });
});
