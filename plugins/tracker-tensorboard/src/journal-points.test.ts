import type { JournalLine } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { JournalPoints } from './journal-points.ts';

const line = (job: string, event: string, at: number, body: object): JournalLine =>
  ({ seq: 0, kind: 'science', job, event, at, body }) as JournalLine;

describe("a journal's points", () => {
  it('are named after the search or the study, and placed at its progress', () => {
    const points = new JournalPoints(1000);
    const of = (one: JournalLine) =>
      points.of(one).map(({ tag, step, value }) => [tag, step, value]);
    expect(of(line('search', 'step', 3, { metrics: { loss: 2, lr: Number.NaN } }))).toEqual([
      ['loss', 3, 2],
      ['lr', 3, Number.NaN],
    ]);
    const study = 'study:0:rank';
    expect(of(line(study, 'step', 1, { metrics: { seen: 5 } }))).toEqual([
      ['rank.0.steps/seen', 1, 5],
    ]);
    const answer = { metrics: { tau: 0.5 }, searchAt: 3 };
    expect(of(line(study, 'result', 2, answer))).toEqual([['rank.0/tau', 3, 0.5]]);
    // Asked again, its own steps go on counting.
    expect(of(line(study, 'step', 1, { metrics: { seen: 6 } }))).toEqual([
      ['rank.0.steps/seen', 3, 6],
    ]);
    expect(
      of({ ...line('search', 'step', 4, { metrics: { loss: 1 } }), kind: 'telemetry' }),
    ).toEqual([]);
  });

  it('are one per name and step where a search answers what its last step said', () => {
    const points = new JournalPoints(1000);
    points.of(line('search', 'step', 4, { metrics: { accuracy: 50 } }));
    const answer = line('search', 'result', 4, {
      metrics: { accuracy: 60, images: 8 },
      searchAt: 4,
    });
    expect(points.of(answer)).toEqual([{ tag: 'images', step: 4, value: 8, timeMs: 1000 }]);
  });

  it('have the time that the journal named last', () => {
    const points = new JournalPoints(1000);
    const step = line('search', 'step', 1, { metrics: { loss: 2 } });
    expect(points.of(step)[0]?.timeMs).toBe(1000);
    points.of({ ...step, kind: 'telemetry', body: { timeMs: 2000 } });
    expect(points.of(step)[0]?.timeMs).toBe(2000);
  });
});
