import { type Metrics, type Objective, singleMetric } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { objectiveChecks } from './objective-contract.ts';
import { broken } from './testing/broken.ts';

const metric = { name: 'accuracy', unit: '%', direction: 'maximise' } as const;
const fine: Objective = {
  ...singleMetric(metric),
  constraints: [{ metric: 'params', at: 'most', limit: 10 }],
  violation: ({ params = Number.NaN }) =>
    Number.isNaN(params) ? Number.POSITIVE_INFINITY : Math.max(0, params - 10),
  compare(a, b) {
    const [x, y] = [this.violation(a), this.violation(b)];
    if (x !== y) return x < y ? -1 : 1;
    return singleMetric(metric).compare(a, b);
  },
};
const accuracy = ({ accuracy = Number.NaN }: Metrics): number => accuracy;

const MISTAKES: readonly (readonly [string, Partial<Objective>, string])[] = [
  ['never equal', { compare: () => -1 }, 'takes everything to be as good as itself'],
  [
    'not antisymmetric',
    { compare: (a, b) => (accuracy(a) === accuracy(b) ? 0 : -1) },
    'says the opposite the other way round',
  ],
  [
    'not transitive',
    {
      // Of three values in a circle each is better than the next.
      compare(a, b) {
        const at = (m: Metrics) => Math.round(accuracy(m) * 4);
        const ahead = (at(b) - at(a) + 3) % 3;
        return ([0, -1, 1] as const)[ahead];
      },
    },
    'is transitive',
  ],
  [
    'limits that do not count',
    { compare: singleMetric(metric).compare },
    'puts less violation before every metric',
  ],
  [
    'limits that are never missed',
    { violation: () => 0 },
    'puts less violation before every metric',
  ],
  [
    'the wrong direction',
    { compare: (a, b) => (accuracy(a) === accuracy(b) ? 0 : accuracy(a) < accuracy(b) ? -1 : 1) },
    'never takes a step in the right direction for a worse one',
  ],
  [
    'NaN wins',
    { compare: (a, b) => (accuracy(a) === accuracy(b) ? 0 : accuracy(a) <= accuracy(b) ? 1 : -1) },
    'never prefers NaN or a missing value',
  ],
  [
    'NaN keeps every limit',
    { violation: ({ params = 0 }) => (params > 10 ? params - 10 : 0) },
    'never prefers NaN or a missing value',
  ],
  [
    'a scalar of something else',
    { scalar: (metrics) => -accuracy(metrics) },
    'orders as its scalar does, if it has one',
  ],
];

const of = (mistake: Partial<Objective>) =>
  broken(objectiveChecks(async () => ({ objective: { ...fine, ...mistake } })));

describe('objectiveChecks', () => {
  it('pass an objective that keeps the contract', async () => {
    expect(await of({})).toEqual([]);
  });

  it.each(MISTAKES)('catch %s', async (_, mistake, check) => {
    expect(await of(mistake)).toContain(check);
  });
});
