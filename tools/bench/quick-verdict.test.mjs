// @ts-check
import { expect, it } from 'vitest';
import { verdictOf } from './quick-verdict.mjs';

/** @param {readonly number[]} ratios @param {number | null} foreign */
function rounds(ratios, foreign = 0.01) {
  return ratios.map((ratio) => ({ ratio, foreign }));
}

it.each([
  ['ok', rounds([1, 0.9, 1.1]), 1],
  ['ok', rounds([0.8, 0.76, 0.2]), 1],
  ['slow', rounds([0.5, 0.4, 0.55]), 1],
  ['too noisy', rounds([0.5, 0.4, 0.9]), 1],
  ['too noisy', rounds([0.5, 0.4, 0.55], 0.8), 1],
  ['slow', rounds([0.5, 0.4, 0.55], null), 1],
  ['no reference', rounds([0.5, 0.4, 0.9]), undefined],
])('says %s', (verdict, measured, reference) => {
  expect(verdictOf(measured, reference).verdict).toBe(verdict);
});

it('compares the middle round', () => {
  expect(verdictOf(rounds([3, 1, 2]), 5)).toMatchObject({ ratio: 2, share: 0.4 });
  expect(verdictOf(rounds([3, 1, 2]), 2)).toEqual({ verdict: 'ok', ratio: 2, share: 1 });
});
