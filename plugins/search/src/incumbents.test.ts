import { type Evaluation, meritOf, type Objective, singleMetric } from '@archer-nas/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Incumbents } from './incumbents.ts';

const evaluation = (architecture: string, m: number): Evaluation<string> => ({
  proposal: { id: '', architecture },
  metrics: { m },
  cost: {},
  status: 'final',
});

function best(objective: Objective, ...list: Evaluation<string>[]): string[] {
  const incumbents = new Incumbents<string>(objective, (a) => a);
  list.forEach((one, index) => {
    incumbents.offer(index, one.proposal.architecture, one);
  });
  return incumbents.indices.map((index) => list[index]?.proposal.architecture ?? '');
}

const maximise = singleMetric({ name: 'm', unit: '', direction: 'maximise' });
const minimise = singleMetric({ name: 'm', unit: '', direction: 'minimise' });

describe('incumbents', () => {
  it('follow the direction', () => {
    const list = [evaluation('a', 1), evaluation('b', 2)];
    expect(best(maximise, ...list)).toEqual(['b']);
    expect(best(minimise, ...list)).toEqual(['a']);
  });

  it('R33 R34 are never NaN or failures, and the smallest id of equal ones', () => {
    const failed = { ...evaluation('f', 9), status: 'failed' } as const;
    const list = [evaluation('n', Number.NaN), failed, evaluation('c', 1), evaluation('b', 1)];
    expect(best(maximise, ...list, evaluation('d', 1))).toEqual(['b']);
    expect(best(minimise, ...list.slice(0, 2))).toEqual([]);
  });

  it('are the same where only merits are compared until somebody looks', () => {
    const outcomes = fc.record({
      architecture: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      m: fc.oneof(fc.integer({ min: 0, max: 4 }), fc.constant(Number.NaN)),
      failed: fc.boolean(),
      look: fc.boolean(),
    });
    const limited: Objective = {
      ...maximise,
      constraints: [{ metric: 'm', at: 'most', limit: 3 }],
      violation: ({ m = 0 }) => Math.max(0, m - 3),
    };
    fc.assert(
      fc.property(fc.array(outcomes), fc.constantFrom(maximise, minimise, limited), (all, by) => {
        const offered = new Incumbents<string>(by, (a) => a);
        const considered = new Incumbents<string>(by, (a) => a);
        // As in a table, an architecture has the same outcome whenever it comes.
        const first = new Map(all.toReversed().map((one) => [one.architecture, one]));
        all.forEach(({ architecture, look }, index) => {
          const { m, failed } = first.get(architecture) ?? { m: Number.NaN, failed: true };
          const one: Evaluation<string> = {
            ...evaluation(architecture, m),
            status: failed ? 'failed' : 'final',
          };
          offered.offer(index, architecture, one);
          considered.consider(index, architecture, one, meritOf(one, by));
          if (look) expect(considered.indices).toEqual(offered.indices);
        });
        expect(considered.indices).toEqual(offered.indices);
        expect(considered.best).toEqual(offered.best);
      }),
    );
  });
});
