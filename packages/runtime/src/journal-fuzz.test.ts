import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isArcherError, type JournalLine } from '@archer-nas/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newLine } from '../tools/states.ts';
import { temporaryFolder } from '../tools/temporary-folder.ts';
import { formatLine } from './journal.ts';
import { readJournal } from './journal-reader.ts';

/** One thing that happens to a file's bytes. */
type Damage = (bytes: Buffer) => Buffer;

const at = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const place = (share: number, bytes: Buffer): number => Math.floor(share * (bytes.length + 1));

const cut = fc.tuple(at, at).map(([from, size]): Damage => {
  return (bytes) => {
    const start = place(from, bytes);
    const end = start + Math.ceil(size * (bytes.length - start));
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
  };
});
const flip = fc.tuple(at, fc.nat(7)).map(([where, bit]): Damage => {
  return (bytes) => {
    const flipped = Buffer.from(bytes);
    const index = Math.min(place(where, bytes), bytes.length - 1);
    if (index >= 0) flipped.writeUInt8(flipped.readUInt8(index) ^ (1 << bit), index);
    return flipped;
  };
});
const insert = fc.tuple(at, fc.uint8Array({ maxLength: 40 })).map(([where, more]): Damage => {
  return (bytes) => {
    const index = place(where, bytes);
    return Buffer.concat([bytes.subarray(0, index), more, bytes.subarray(index)]);
  };
});
/** A piece of the file once more, elsewhere: whole lines may be there twice, or in disorder. */
const repeat = fc.tuple(at, at, at).map(([from, size, where]): Damage => {
  return (bytes) => {
    const start = place(from, bytes);
    const piece = bytes.subarray(start, start + Math.ceil(size * (bytes.length - start)));
    const index = place(where, bytes);
    return Buffer.concat([bytes.subarray(0, index), piece, bytes.subarray(index)]);
  };
});
const truncate = at.map(
  (share): Damage =>
    (bytes) =>
      bytes.subarray(0, place(share, bytes)),
);
const damage = fc.oneof(cut, flip, insert, repeat, truncate);

/** What the reader makes of bytes: lines, or a refusal that names the line. */
function read(file: string, bytes: Uint8Array): readonly JournalLine[] | undefined {
  writeFileSync(file, bytes);
  const { lines, ...rest } = outcomeOf(file, true);
  const withoutSteps = outcomeOf(file, false);
  // Leaving steps out changes nothing else: where the journal ends, what is refused.
  expect({ ...withoutSteps, lines: withoutSteps.lines?.filter(isOther) }).toStrictEqual({
    ...rest,
    lines: lines?.filter(isOther),
  });
  return lines;
}

const isOther = ({ event }: JournalLine): boolean => event !== 'step';

function outcomeOf(file: string, steps: boolean) {
  try {
    const { lines, end, tornBytes } = readJournal(file, { steps });
    expect(end.bytes + tornBytes).toBe(statSync(file).size);
    if (steps) expect(end.nextSeq).toBe(lines.length);
    return { lines, end };
  } catch (error) {
    if (!isArcherError(error)) throw error;
    expect(error).toMatchObject({ code: 'ARCHER_JOURNAL_CORRUPT', exit: 8 });
    expect(error.message).toMatch(/^Line \d+ of /);
    return { message: error.message };
  }
}

describe('R07 whatever happened to a journal', () => {
  it('its reader gives the first lines that were written, or refuses', () => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'journal.jsonl');
    fc.assert(
      fc.property(
        fc.array(newLine, { minLength: 1, maxLength: 6 }),
        fc.array(damage, { minLength: 1, maxLength: 3 }),
        (written, damages) => {
          const lines = written.map((line, seq): JournalLine => ({ seq, ...line }));
          const whole = Buffer.from(lines.map((line) => `${formatLine(line)}\n`).join(''));
          const harmed = damages.reduce<Buffer>((bytes, harm) => harm(bytes), whole);
          const found = read(file, harmed);
          if (found !== undefined) expect(found).toStrictEqual(lines.slice(0, found.length));
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('bytes that were never a journal are an empty one', () => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'journal.jsonl');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4000 }), (bytes) => {
        expect(read(file, bytes)).toStrictEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['lines without end', Buffer.alloc(2 ** 23, 'a')],
    ['line breaks alone', Buffer.alloc(2 ** 20, '\n')],
    ['zeros', Buffer.alloc(2 ** 23)],
    ['open brackets', Buffer.from(`${'['.repeat(2 ** 20)},"sum":"0123456789abcdef"}\n`)],
    ['almost sums', Buffer.from(',"sum":"0123456789abcde'.repeat(2 ** 16))],
  ])('%s are read in a moment', (_, bytes) => {
    using folder = temporaryFolder();
    expect(read(join(folder.path, 'journal.jsonl'), bytes)).toStrictEqual([]);
  });
});
