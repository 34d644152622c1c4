import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JournalLine, LineReader } from '@archer-nas/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../tools/temporary-folder.ts';
import { formatLine } from './journal.ts';
import { effectiveLines } from './journal-reader.ts';
import { journalLines } from './line-reader.ts';

const step = (at: number, text = ''): Omit<JournalLine, 'seq'> => ({
  ...{ kind: 'science', job: 'search', event: 'step', at },
  body: { metrics: { loss: at }, text },
});
const telemetry = (event: string, body: JournalLine['body'], at = 0) =>
  ({ kind: 'telemetry', job: event === 'resume' ? 'run' : 'search', event, at, body }) as const;
const numbered = (lines: readonly Omit<JournalLine, 'seq'>[]): JournalLine[] =>
  lines.map((line, seq) => ({ seq, ...line }));
const written = (lines: readonly JournalLine[]): string =>
  lines.map((line) => `${formatLine(line)}\n`).join('');

function all(reader: LineReader): JournalLine[] {
  const lines: JournalLine[] = [];
  for (let piece = reader.next(); piece.length > 0; piece = reader.next()) lines.push(...piece);
  return lines;
}

describe('a journal that is read in pieces', () => {
  it('gives the lines that count, whatever resumes and rollbacks replaced', () => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'journal.jsonl');
    const line = fc.oneof(
      fc.nat(5).map((at) => step(at)),
      fc.nat(5).map((at) => telemetry('checkpoint', { anchor: true }, at)),
      fc.nat(5).map((at) => telemetry('checkpoint', {}, at)),
      fc.integer({ min: -1, max: 30 }).map((after) => telemetry('resume', { after })),
      fc.nat(5).map((to) => ({ ...step(0), event: 'rollback', body: { to } })),
      fc.constant({ ...step(0), event: 'skip', body: {} }),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
        const journal = numbered(lines);
        writeFileSync(file, written(journal));
        expect(all(journalLines(file))).toEqual(effectiveLines(journal));
      }),
    );
  });

  it('has a bounded piece in memory, also of lines that are longer than one', () => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'journal.jsonl');
    const sizes = [10, 300_000, 100, 1_500_000, ...Array.from({ length: 500 }, () => 2000)];
    const lines = numbered(sizes.map((size, at) => step(at, 'é'.repeat(size))));
    writeFileSync(file, written(lines));
    const reader = journalLines(file);
    const pieces: (readonly JournalLine[])[] = [];
    for (let piece = reader.next(); piece.length > 0; piece = reader.next()) pieces.push(piece);
    expect(pieces.flat()).toEqual(lines);
    expect(pieces.length).toBeGreaterThan(5);
  });

  it('goes on where it was when the journal grows, behind the line that it is given', () => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'journal.jsonl');
    const lines = numbered(Array.from({ length: 6 }, (_, at) => step(at)));
    writeFileSync(file, written(lines.slice(0, 2)));
    const reader = journalLines(file);
    expect(reader.next()).toEqual(lines.slice(0, 2));
    expect(reader.next()).toEqual([]);
    appendFileSync(file, written(lines.slice(2)));
    expect(reader.next(3)).toEqual(lines.slice(4));
  });

  it('ends before a line that is torn or fails its checksum', () => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'journal.jsonl');
    const lines = numbered([step(0), step(1), step(2)]);
    const text = written(lines);
    writeFileSync(file, text.slice(0, -5));
    expect(all(journalLines(file))).toEqual(lines.slice(0, 2));
    writeFileSync(file, text.replace('"loss":1', '"loss":7'));
    expect(all(journalLines(file))).toEqual(lines.slice(0, 1));
  });
});
