import { expect, it } from 'vitest';
import { restoreRemovedFunctions } from './removed-functions.ts';

it('restores what Node 23 removed and leaves what is there', () => {
  const own = () => true;
  const util: Record<string, unknown> = { isString: own };
  restoreRemovedFunctions(util);
  const isNullOrUndefined = util.isNullOrUndefined as (value: unknown) => boolean;
  expect([null, undefined, 0, ''].map(isNullOrUndefined)).toEqual([true, true, false, false]);
  expect((util.isArray as (value: unknown) => boolean)([])).toBe(true);
  expect(util.isString).toBe(own);
});
