import type { Table } from '@archer-nas/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { record, study } from '../../test/run-record.ts';
import { compareRuns, formatComparison } from '../comparison.ts';
import { toJson } from '../number-text.ts';
import { printable, printableLines } from '../printable.ts';
import { runReport } from '../run-report.ts';
import { formatRunReport, formatVerdicts } from '../run-report-text.ts';
import { suiteTable } from '../suite-table.ts';
import { formatTable } from '../table-text.ts';

/** Clears the screen, turns text round, rings, hides, and breaks the line. */
const EVIL = '\u001b[2J\u202egood\u0007\u200b\u009b31m\n\r\t<script>"\u2028';
const SHOWN = '\\x1b[2J\\u202egood\\x07\\u200b\\x9b31m   <script>"\\u2028';
/** What no reader sees, line breaks and tabs aside. */
const UNSEEN = /[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}]/u;

function evilRecord() {
  const table: Table = { title: EVIL, columns: [EVIL, 'x'], rows: [[EVIL, 1]], notes: [EVIL] };
  const verdict = { metric: EVIL, value: 1, tolerance: 0, source: EVIL, profile: EVIL };
  const one = record({
    profile: EVIL,
    metrics: { [EVIL]: 1 },
    plugins: { [EVIL]: EVIL },
    manifest: { name: EVIL, title: EVIL, expect: [verdict] },
    studies: [{ ...study({ [EVIL]: 2 }), id: EVIL, notes: [EVIL], tables: { [EVIL]: table } }],
  });
  const best = [{ architecture: EVIL, metrics: { [EVIL]: 1 } }];
  const { result, fingerprint } = one;
  return {
    ...one,
    folder: EVIL,
    result: result && { ...result, experiment: EVIL, search: { ...result.search, best } },
    fingerprint: fingerprint && {
      ...fingerprint,
      core: EVIL,
      engine: { class: EVIL, description: EVIL },
      machine: { ...fingerprint.machine, cpu: EVIL },
    },
  };
}

describe('R45 names that steer a terminal', () => {
  it('are shown as escapes', () => {
    expect(printable(EVIL)).toBe(SHOWN);
    expect(printableLines('a\n\tb\u001b')).toBe('a\n\tb\\x1b');
    expect(printable('\u{e0041}')).toBe('\\u{e0041}');
    expect(printable('größer 中文 τ')).toBe('größer 中文 τ');
  });

  it('reach nobody through a report, a table, a comparison or a verdict', () => {
    const evil = evilRecord();
    const report = runReport(evil);
    const comparison = compareRuns([evil], [record()]);
    for (const terminal of [true, false]) {
      const texts = [
        formatRunReport(report, { terminal }),
        formatComparison(comparison, { terminal }),
        formatVerdicts(report.verdicts, { terminal }),
        formatTable(suiteTable(EVIL, [{ experiment: EVIL, verdicts: report.verdicts }]), {
          terminal,
        }),
      ];
      for (const text of texts) {
        expect(text).toContain('\\x1b[2J\\u202egood');
        expect(text).not.toMatch(UNSEEN);
      }
    }
  });

  it('are whole in JSON, which is JSON whatever the names and numbers', () => {
    const report = runReport(evilRecord());
    expect(JSON.parse(toJson(report))).toMatchObject({ experiment: EVIL, title: EVIL });
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.double()), (metrics) => {
        const { search } = record({ metrics }).result ?? {};
        expect(() => JSON.parse(toJson(search))).not.toThrow();
      }),
    );
  });

  it('are escapes whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(printable(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(printableLines(text)).not.toMatch(UNSEEN);
      }),
    );
  });
});
