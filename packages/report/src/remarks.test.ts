import type { JournalLine } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { record } from '../test/run-record.ts';
import { runReport } from './run-report.ts';
import { formatRunReport } from './run-report-text.ts';

const line = (seq: number, rest: Omit<JournalLine, 'seq'>): JournalLine => ({ seq, ...rest });
const bad = { metric: 'loss', value: Number.NaN, attempt: 1 };
const lines = [
  line(0, { kind: 'science', job: 'search', event: 'skip', at: 7, body: bad }),
  line(1, { kind: 'science', job: 'search', event: 'rollback', at: 90, body: { ...bad, to: 60 } }),
  line(2, { kind: 'telemetry', job: 'run', event: 'resume', body: { after: 1 } }),
  line(3, { kind: 'telemetry', job: 'run', event: 'resume', body: { drift: ['core: 1 → 2'] } }),
];

describe('R33 R08 a report', () => {
  it('says which steps were taken again and what changed on the way', () => {
    const report = runReport(record({ lines }));
    expect(report.remarks).toEqual([
      'The step after 7 gave loss NaN: undone and taken again, with other random numbers.',
      'The step after 90 gave loss NaN: undone, and all that followed 60, with other random numbers.',
      'Went on after a change: core: 1 → 2.',
    ]);
    const text = formatRunReport(report);
    for (const remark of report.remarks) expect(text).toContain(`\n${remark}\n`);
  });

  it('says nothing of a run that just ran', () => {
    expect(runReport(record()).remarks).toEqual([]);
  });
});
