import { type Evaluation, type Objective, singleMetric } from '@archer-nas/core';
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
});
