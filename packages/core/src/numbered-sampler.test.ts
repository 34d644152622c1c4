import { describe, expect, it } from 'vitest';
import type { Outcome } from './evaluation.ts';
import type { Merit } from './merit.ts';
import { samplerOf } from './numbered-sampler.ts';
import { singleMetric } from './objective.ts';
import { createStreams } from './streams.ts';

const objective = singleMetric({ name: 'm', unit: '', direction: 'minimise' });

/** Proposes 'a', 'b', 'c', each made from the one before, and waits for all before the third. */
function letters() {
  const told: [number, string, Outcome, Merit][] = [];
  const newborn = { prefix: 'letter-', number: -1, architecture: '', parent: -1 };
  return {
    told,
    newborn,
    state: null,
    ask() {
      if (newborn.number === 2) return 'done' as const;
      if (newborn.number === 1 && told.length < 2) return 'wait' as const;
      newborn.parent = newborn.number++;
      newborn.architecture = 'abc'[newborn.number] as string; // three letters
      return undefined;
    },
    tell(number: number, architecture: string, outcome: Outcome, { ...merit }: Readonly<Merit>) {
      told.push([number, architecture, outcome, merit]);
    },
  };
}

describe('a numbered sampler as any other', () => {
  it('names proposals and their parents after numbers', () => {
    const sampler = samplerOf(letters(), objective);
    const stream = createStreams(0).stream('propose');
    expect(sampler.propose(1, stream)).toEqual([{ id: 'letter-0', architecture: 'a' }]);
    expect(sampler.propose(5, stream)).toEqual([
      { id: 'letter-1', architecture: 'b', parent: 'letter-0' },
    ]);
    expect(sampler.propose(5, stream)).toBe('wait');
  });

  it('hears of evaluations by number, with what the objective says', () => {
    const numbered = letters();
    const sampler = samplerOf(numbered, objective);
    const stream = createStreams(0).stream('propose');
    const [a, b] = sampler.propose(2, stream) as { id: string; architecture: string }[];
    if (a === undefined || b === undefined) throw new Error('two were asked for');
    sampler.observe([
      { proposal: b, metrics: { m: 3 }, cost: { epochs: 1 }, status: 'final' },
      { proposal: a, metrics: {}, cost: {}, status: 'failed', reason: 'none' },
    ]);
    const failed = { violation: Number.NaN, fitness: Number.NaN };
    expect(numbered.told).toEqual([
      [
        1,
        'b',
        { metrics: { m: 3 }, cost: { epochs: 1 }, status: 'final' },
        { violation: 0, fitness: -3 },
      ],
      [0, 'a', { metrics: {}, cost: {}, status: 'failed', reason: 'none' }, failed],
    ]);
    expect(sampler.propose(1, stream)).toHaveLength(1);
    expect(sampler.propose(1, stream)).toBe('done');
  });
});
