import { appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JournalLine } from '@archer-nas/core';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { newLine } from '../tools/states.ts';
import { temporaryFolder } from '../tools/temporary-folder.ts';
import { formatLine, JournalWriter } from './journal.ts';
import { effectiveLines, readJournal, scienceLines } from './journal-reader.ts';

const step = (at: number): Omit<JournalLine, 'seq'> => ({
  ...{ kind: 'science', job: 'search', event: 'step', at },
  body: { metrics: { loss: at / 7, nothing: Number.NaN } },
});

/** A file with `count` lines. */
function written(folder: string, count: number): string {
  const file = join(folder, 'journal.jsonl');
  const journal = new JournalWriter(file);
  for (let i = 0; i < count; i++) journal.append(step(i));
  journal.close();
  return file;
}

const corruptAt = (line: number) =>
  expect.objectContaining({
    code: 'ARCHER_JOURNAL_CORRUPT',
    exit: 8,
    message: expect.stringContaining(`Line ${line} of `),
  });

afterEach(() => void vi.useRealTimers());

describe('a journal', () => {
  it('gives every line back', () => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'journal.jsonl');
    fc.assert(
      fc.property(fc.array(newLine, { minLength: 1, maxLength: 5 }), (lines) => {
        writeFileSync(file, '');
        const journal = new JournalWriter(file);
        const appended = lines.map((line) => journal.append(line));
        journal.close();
        const read = readJournal(file);
        expect(read.lines).toStrictEqual(appended);
        expect(read.lines).toStrictEqual(lines.map((line, seq) => ({ seq, ...line })));
        expect(read).toMatchObject({ tornBytes: 0, end: { nextSeq: lines.length } });
      }),
      { numRuns: 40 },
    );
  });

  it('goes on in another process where it ended', () => {
    using folder = temporaryFolder();
    const file = written(folder.path, 2);
    const journal = new JournalWriter(file, readJournal(file).end);
    expect(journal.append(step(9)).seq).toBe(2);
    journal.close();
    expect(readJournal(file).lines.map(({ at }) => at)).toStrictEqual([0, 1, 9]);
  });

  it('has each line once, whatever lengths were committed together before', () => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'journal.jsonl');
    const journal = new JournalWriter(file);
    const lengths = [5, 300_000, 20, 8_500_000, 7, 0, 70_000];
    const lines = lengths.map((length, at) => {
      const line = journal.append({ ...step(at), body: { text: 'é'.repeat(length) } });
      if (at % 2 === 0) journal.commit();
      return line;
    });
    journal.close();
    expect(readFileSync(file, 'utf8')).toBe(lines.map((line) => `${formatLine(line)}\n`).join(''));
    expect(readJournal(file).lines).toStrictEqual(lines);
  });

  it('is empty when the file is, or is not there', () => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'journal.jsonl');
    const empty = { lines: [], end: { nextSeq: 0, bytes: 0 }, tornBytes: 0 };
    expect(readJournal(file)).toStrictEqual(empty);
    writeFileSync(file, '');
    expect(readJournal(file)).toStrictEqual(empty);
  });
});

describe('R07 a journal that a crash or a person damaged', () => {
  it('is read up to the last whole line, wherever that is torn', () => {
    using folder = temporaryFolder();
    const file = written(folder.path, 3);
    const whole = readFileSync(file);
    const start = whole.lastIndexOf('\n', whole.length - 2) + 1;
    for (let size = start; size < whole.length; size++) {
      writeFileSync(file, whole.subarray(0, size));
      const { lines, end, tornBytes } = readJournal(file);
      expect(lines.map(({ at }) => at)).toStrictEqual([0, 1]);
      expect({ end, tornBytes }).toStrictEqual({
        end: { nextSeq: 2, bytes: start },
        tornBytes: size - start,
      });
    }
  });

  it('is cut at the torn line before it goes on', () => {
    using folder = temporaryFolder();
    const file = written(folder.path, 3);
    const whole = readFileSync(file, 'utf8');
    truncateSync(file, whole.length - 5);
    const journal = new JournalWriter(file, readJournal(file).end);
    journal.append(step(2));
    journal.close();
    expect(readFileSync(file, 'utf8')).toBe(whole);
  });

  it('notices any flipped bit', () => {
    using folder = temporaryFolder();
    const file = written(folder.path, 3);
    const whole = readFileSync(file);
    const { lines } = readJournal(file);
    const lastLine = whole.lastIndexOf('\n', whole.length - 2) + 1;
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(7), (at, bit) => {
        const damaged = Buffer.from(whole);
        damaged.writeUInt8(damaged.readUInt8(at) ^ (1 << bit), at);
        writeFileSync(file, damaged);
        // At the end it looks like a tear, also where two lines become one; before, good lines follow.
        if (at < lastLine - 1)
          expect(() => readJournal(file)).toThrow(expect.objectContaining({ exit: 8 }));
        else expect(readJournal(file).lines).toStrictEqual(lines.slice(0, at < lastLine ? 1 : 2));
      }),
      { numRuns: 150 },
    );
  });

  it('is refused with the number of the line that is garbage', () => {
    using folder = temporaryFolder();
    const file = written(folder.path, 4);
    const lines = readFileSync(file, 'utf8').split('\n');
    for (const garbage of ['', 'hello', '{}', lines[1]?.replace('"at":1', '"at":2')]) {
      writeFileSync(file, lines.with(1, garbage as string).join('\n'));
      expect(() => readJournal(file)).toThrow(corruptAt(2));
    }
  });

  it('is refused when a line is missing or there twice', () => {
    using folder = temporaryFolder();
    const file = written(folder.path, 4);
    const lines = readFileSync(file, 'utf8').split('\n');
    writeFileSync(file, lines.toSpliced(2, 1).join('\n'));
    expect(() => readJournal(file)).toThrow(/Line 3 .* has number 3, expected 2/);
    writeFileSync(file, lines.toSpliced(2, 0, lines[1] as string).join('\n'));
    expect(() => readJournal(file)).toThrow(corruptAt(3));
  });

  it('is read with the line breaks of another system', () => {
    using folder = temporaryFolder();
    const file = written(folder.path, 3);
    const { lines } = readJournal(file);
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('\n', '\r\n'));
    const crlf = readJournal(file);
    expect(crlf.lines).toStrictEqual(lines);
    const journal = new JournalWriter(file, crlf.end);
    journal.append(step(3));
    journal.close();
    expect(readJournal(file).lines).toHaveLength(4);
  });

  it('loses garbage behind the last good line', () => {
    using folder = temporaryFolder();
    const file = written(folder.path, 2);
    appendFileSync(file, 'garbage\nmore garbage\n');
    expect(readJournal(file)).toMatchObject({ end: { nextSeq: 2 }, tornBytes: 21 });
  });
});

describe('JournalWriter', () => {
  it('tells of lines once they are on disk, together', () => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'journal.jsonl');
    const committed: number[][] = [];
    const journal = new JournalWriter(file, undefined, (lines) => {
      expect(readJournal(file).lines).toHaveLength(lines.length);
      committed.push(lines.map(({ seq }) => seq));
    });
    journal.append(step(0));
    journal.append(step(1));
    expect(readFileSync(file, 'utf8')).toBe('');
    journal.commit();
    journal.commit();
    expect(committed).toStrictEqual([[0, 1]]);
    journal.close();
  });

  it('commits by itself after 200 ms', () => {
    vi.useFakeTimers();
    using folder = temporaryFolder();
    const file = join(folder.path, 'journal.jsonl');
    const journal = new JournalWriter(file);
    journal.append(step(0));
    vi.advanceTimersByTime(199);
    expect(readJournal(file).lines).toHaveLength(0);
    vi.advanceTimersByTime(1);
    expect(readJournal(file).lines).toHaveLength(1);
    journal.close();
  });

  it('commits on append when the job leaves timers no time', () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    using folder = temporaryFolder();
    const file = join(folder.path, 'journal.jsonl');
    const journal = new JournalWriter(file);
    journal.append(step(0));
    vi.advanceTimersByTime(250);
    journal.append(step(1));
    expect(readJournal(file).lines).toHaveLength(2);
    journal.close();
  });
});

describe('formatLine', () => {
  // The sum is the beginning of what sha256sum says of the line without it.
  it('has not changed: old journals must stay readable', () => {
    const line = { seq: 3, ...step(2) };
    expect(formatLine(line)).toBe(
      '{"seq":3,"kind":"science","job":"search","event":"step","at":2,"body":{"metrics":' +
        '{"loss":0.2857142857142857,"nothing":{"$":"number","value":"NaN"}}},"sum":"81f99853062e3f59"}',
    );
  });
});

describe('effectiveLines', () => {
  const line = (seq: number, event: string, body = {}): JournalLine => {
    const kind = event === 'step' || event === 'result' ? 'science' : 'telemetry';
    const job = event === 'resume' || event === 'begin' ? 'run' : 'search';
    return { seq, kind, job, event, body };
  };

  it('drops the science and checkpoints that resumes replaced', () => {
    const lines = [
      line(0, 'begin'),
      line(1, 'step'),
      line(2, 'checkpoint'),
      line(3, 'step'),
      line(4, 'checkpoint'),
      line(5, 'resume', { after: 2 }),
      line(6, 'step'),
      line(7, 'resume', { after: 2 }),
      line(8, 'step'),
    ];
    const numbers = (kept: readonly JournalLine[]) => kept.map(({ seq }) => seq);
    expect(numbers(effectiveLines(lines))).toStrictEqual([0, 1, 2, 5, 7, 8]);
    expect(scienceLines(lines)).toStrictEqual([line(0, 'step'), line(1, 'step')]);
  });

  it('keeps nothing of a run that never committed', () => {
    const lines = [line(0, 'begin'), line(1, 'step'), line(2, 'resume', { after: -1 })];
    expect(scienceLines(lines)).toStrictEqual([]);
  });
});
