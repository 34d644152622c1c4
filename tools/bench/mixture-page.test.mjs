// @ts-check
import { expect, it } from 'vitest';
import { advOf, rsOf } from './mixture-page.mjs';

const steps = (/** @type {number} */ stepMs) => ({ stepMs, peakMib: 100, steps: 1, engine: 'js' });

it('compares RS with DARTS, and ADV with a step of DARTS and the passes of its attack', () => {
  const round = {
    steps: { darts: steps(20), 'sdarts rs': steps(21), 'sdarts adv': steps(110) },
    passes: { attackMs: 10, forwardMs: 5, engine: 'js' },
  };
  expect(rsOf([round])).toEqual([1.05]);
  expect(advOf([round])).toEqual([1.1]); // 20 + 7 × 10 + 2 × 5
});
