import type { History } from '@archer-nas/core';
import { z } from 'zod';
import { type Axis, total } from './trajectory.ts';

/** Options of studies that follow a search over its budget. */
export const budgetOptions = {
  axis: z
    .enum(['evaluations', 'epochs', 'seconds'])
    .default('evaluations')
    .describe('what budgets are counted in; epochs and seconds are those the table states'),
  at: z
    .array(z.number().positive())
    .min(1)
    .optional()
    .describe('budgets to report at; default 1, 2, 5, 10, … and the whole budget'),
};

/**
 * Budgets in ascending order: those asked for, or 1-2-5 steps up to what every history has
 * spent, which is the last.
 */
export function budgetsOf(
  histories: readonly History<unknown>[],
  axis: Axis,
  asked: readonly number[] | undefined,
): readonly number[] {
  if (asked) return [...new Set(asked)].sort((a, b) => a - b);
  const last = Math.min(...histories.map((history) => total(history, axis)));
  const steps: number[] = [];
  for (let decade = 1; decade < last; decade *= 10) {
    steps.push(...[1, 2, 5].map((step) => step * decade).filter((budget) => budget < last));
  }
  return [...steps, last];
}
