import type { Progress, Study } from '@archer-nas/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkUnits,
  dueStudies,
  nextQuestion,
  type PlacedStudy,
  studyJob,
  timesAsked,
} from './studies.ts';

const study = (index: number, when: Study<unknown>['when']): PlacedStudy => ({
  index,
  run: { id: 'rank', block: { use: 'rank' }, study: { when, begin: () => Promise.reject() } },
});
const every = (n: number) => ({ every: n, unit: 'round' }) as const;
const at = (done: number, total = 25): Progress => ({ done, total, unit: 'round' });

const AFTER = study(0, 'after');
const TENS = study(1, every(10));
const SEVENS = study(2, every(7));
const ALL = [AFTER, TENS, SEVENS];

/**
 * Walks through a search as a run does and says which study was asked where.
 * @param step how far one step of the search goes
 */
function walk(studies: readonly PlacedStudy[], total: number, step: number): string[] {
  const answered = new Map<string, number>();
  const asked: string[] = [];
  for (let done = 0; ; ) {
    for (const due of dueStudies(studies, at(done, total), answered)) {
      asked.push(`${due.index}@${done}`);
      answered.set(studyJob(due), done);
    }
    if (done >= total) return asked;
    const until = nextQuestion(studies, at(done, total));
    while (done < until) done = Math.min(total, done + step);
  }
}

describe('studies of a search', () => {
  it('are asked at their multiples and at the end, in the order of the manifest', () => {
    expect(walk(ALL, 25, 1)).toStrictEqual([
      '2@7',
      '1@10',
      '2@14',
      '1@20',
      '2@21',
      '0@25',
      '1@25',
      '2@25',
    ]);
  });

  it('are asked once at an end that is a multiple', () => {
    expect(walk([TENS], 20, 1)).toStrictEqual(['1@10', '1@20']);
  });

  it('are asked after a step that jumps over a multiple', () => {
    expect(walk([TENS], 50, 4)).toStrictEqual(['1@12', '1@20', '1@32', '1@40', '1@50']);
    expect(walk([TENS], 50, 25)).toStrictEqual(['1@25', '1@50']);
  });

  it('are asked of a search that has nothing to do', () => {
    expect(walk(ALL, 0, 1)).toStrictEqual(['0@0', '1@0', '2@0']);
  });

  it('are asked as often as estimated', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.integer({ min: 1, max: 70 }), (total, n) => {
        const asked = study(0, every(n));
        expect(walk([asked], total, 1)).toHaveLength(timesAsked(asked, at(0, total)));
      }),
    );
    expect(timesAsked(AFTER, at(0))).toBe(1);
  });

  it('are not asked again after a resume, and those that were due are', () => {
    const answered = new Map([[studyJob(TENS), 10]]);
    expect(dueStudies([TENS], at(10), answered)).toStrictEqual([]);
    expect(dueStudies([TENS], at(13), answered)).toStrictEqual([]);
    expect(dueStudies([TENS], at(10), new Map())).toStrictEqual([TENS]);
    expect(nextQuestion([TENS], at(13))).toBe(20);
    expect(nextQuestion([AFTER], at(13))).toBe(25);
    expect(nextQuestion([], at(13))).toBe(25);
  });

  it('count what the search counts', () => {
    expect(() => checkUnits(ALL, at(0))).not.toThrow();
    expect(() => checkUnits(ALL, { ...at(0), unit: 'epoch' })).toThrow(
      'study.1 "rank" is asked every 10 rounds, but the search counts epochs.',
    );
  });
});
