// @ts-check
import { expect, it } from 'vitest';
import { foreignShare } from './load.mjs';

it('counts what others used as a share of one core', () => {
  const before = { at: 10, busy: 100, own: 40 };
  expect(foreignShare(before, { at: 12, busy: 104, own: 43 })).toBeCloseTo(0.5, 12);
  expect(foreignShare(before, { at: 12, busy: 103, own: 43.5 })).toBe(0);
  expect(foreignShare(null, before)).toBeNull();
});
