import { describe, expect, it } from 'vitest';
import type { Evaluation, Metrics, Objective } from './evaluation.ts';
import { violationOf } from './objective.ts';
import { ParetoArchive } from './pareto-archive.ts';

/** Two costs, both minimised, and at most 10 of the first. */
const objective: Objective = {
  metrics: ['a', 'b'].map((name) => ({ name, unit: '1', direction: 'minimise' as const })),
  constraints: [{ metric: 'a', at: 'most', limit: 10 }],
  violation: (metrics) => violationOf(objective.constraints, metrics),
  compare(x, y) {
    const [dx, dy] = [(x.a ?? 0) - (y.a ?? 0), (x.b ?? 0) - (y.b ?? 0)];
    if (dx === 0 && dy === 0) return 0;
    if (dx <= 0 && dy <= 0) return -1;
    return dx >= 0 && dy >= 0 ? 1 : undefined;
  },
};

function evaluation(
  id: string,
  metrics: Metrics,
  status: Evaluation<string>['status'] = 'final',
): Evaluation<string> {
  return { proposal: { id, architecture: id }, metrics, cost: {}, status };
}

describe('ParetoArchive', () => {
  it('keeps what nothing beats, in the order of arrival', () => {
    const archive = new ParetoArchive<string>(objective);
    expect(archive.add(evaluation('first', { a: 4, b: 2 }))).toBe(true);
    expect(archive.add(evaluation('other', { a: 1, b: 5 }))).toBe(true);
    expect(archive.add(evaluation('worse', { a: 4, b: 3 }))).toBe(false);
    expect(archive.add(evaluation('equal', { a: 4, b: 2 }))).toBe(false);
    expect(archive.add(evaluation('better', { a: 3, b: 2 }))).toBe(true);
    expect(archive.front.map(({ proposal }) => proposal.id)).toEqual(['other', 'better']);
  });

  it('never takes what failed, lacks a metric or exceeds a limit', () => {
    const archive = new ParetoArchive<string>(objective);
    expect(archive.add(evaluation('failed', { a: 1, b: 1 }, 'failed'))).toBe(false);
    expect(archive.add(evaluation('partial', { a: 1 }))).toBe(false);
    expect(archive.add(evaluation('nan', { a: 1, b: Number.NaN }))).toBe(false);
    expect(archive.add(evaluation('expensive', { a: 11, b: 0 }))).toBe(false);
    expect(archive.front).toEqual([]);
  });
});
