import { describe, expect, it } from 'vitest';
import { searchIdentity } from './identity.ts';
import { parseManifest, withSettings } from './manifest.ts';
import { nonFiniteOf, type WrittenNonFinite } from './non-finite.ts';

const manifest = (nonFinite: unknown) =>
  parseManifest(
    JSON.stringify({ name: 'a', space: { use: 'b' }, strategy: { use: 'c' }, nonFinite }),
    'test',
  );

describe('R33 the policy for numbers that are none', () => {
  it.each<[WrittenNonFinite | undefined, object]>([
    [undefined, { policy: 'fail' }],
    ['fail', { policy: 'fail' }],
    [{ policy: 'fail', limit: 9 }, { policy: 'fail' }],
    ['skip', { policy: 'skip', limit: 3 }],
    [
      { policy: 'skip', limit: 1, every: 5 },
      { policy: 'skip', limit: 1 },
    ],
    ['rollback', { policy: 'rollback', limit: 3 }],
    [
      { policy: 'rollback', every: 100 },
      { policy: 'rollback', limit: 3, every: 100 },
    ],
  ])('of %j is %j', (written, policy) => {
    expect(nonFiniteOf(written)).toStrictEqual(policy);
    expect(nonFiniteOf(manifest(written).nonFinite)).toStrictEqual(policy);
  });

  it.each(['ignore', 3, null, {}, { policy: 'skip', limit: 0 }, { policy: 'skip', more: 1 }])(
    'cannot be %j',
    (written) => {
      expect(() => manifest(written)).toThrow(/nonFinite/);
    },
  );

  it('can be set on the command line', () => {
    const set = withSettings(manifest(undefined), ['nonFinite={ policy: skip, limit: 2 }']);
    expect(nonFiniteOf(set.nonFinite)).toStrictEqual({ policy: 'skip', limit: 2 });
  });

  it('has a part in the identity of a search unless the run just stops', () => {
    const identity = (written: unknown) =>
      searchIdentity(
        { manifest: manifest(written), plugins: [], needsEngine: false },
        { seed: 0, engineClass: 'none' },
      );
    expect(identity('fail')).toBe(identity(undefined));
    const others = ['skip', 'rollback', { policy: 'skip', limit: 4 }].map(identity);
    expect(new Set([identity(undefined), ...others]).size).toBe(4);
    expect(identity({ policy: 'skip', limit: 3 })).toBe(identity('skip'));
  });
});
