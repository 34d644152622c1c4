import { type Constraint, definePlugin, type Metrics, violationOf } from '@archer-nas/core';
import { z } from 'zod';

/** Many ones for few `params`: the front of n bits has n + 1 architectures, 1…10…0. */
export const toyPair = definePlugin({
  id: 'toy-pair',
  kind: 'objective',
  summary: 'Ones against params of bit strings, for tests; the front is known.',
  options: z.strictObject({
    most: z.number().optional().describe('the limit of params; none by default'),
  }),
  create({ most }) {
    const constraints: readonly Constraint[] =
      most === undefined ? [] : [{ metric: 'params', at: 'most', limit: most }];
    const violation = (metrics: Metrics): number => violationOf(constraints, metrics);
    return {
      metrics: [
        { name: 'ones', unit: 'bits', direction: 'maximise' },
        { name: 'params', unit: 'count', direction: 'minimise' },
      ],
      constraints,
      violation,
      compare(a, b) {
        const missed = order(violation(a), violation(b));
        if (missed !== 0) return missed;
        const ones = order(-known(a.ones, -1), -known(b.ones, -1));
        const params = order(known(a.params, 1), known(b.params, 1));
        if (ones === 0 || params === 0 || ones === params) return ones === 0 ? params : ones;
        return undefined;
      },
    };
  },
});

/** What is missing or NaN is worse than every number. */
function known(value: number | undefined, worst: -1 | 1): number {
  return value === undefined || Number.isNaN(value) ? worst * Number.POSITIVE_INFINITY : value;
}

/** -1 where `a` is the smaller one. */
function order(a: number, b: number): -1 | 0 | 1 {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
