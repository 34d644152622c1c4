import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { isArcherError, sha256Hex } from '@archer-nas/core';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { TOY, toySlice } from '../../test/toy-table.ts';
import { parseCsv } from '../csv.ts';
import { importTable } from '../import-table.ts';
import { readTableFile, tablePath } from '../table-file.ts';

const [table] = TOY.files;
const slice = toySlice(12);
const header = slice.slice(0, slice.indexOf('\n'));
const parse = (text: string) =>
  parseCsv(text, table, { source: 'it', architectures: TOY.architectures });

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'archer-tables-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

/** Reads the toy's table from a data folder in which `make` puts it. */
function read(make: (file: string) => void, accepted: readonly string[] = []) {
  const data = folder();
  const file = join(data, tablePath(TOY));
  mkdirSync(dirname(file), { recursive: true });
  make(file);
  return () =>
    readTableFile(TOY, table, { places: { folders: { data, manifest: data } }, accepted });
}

const holding = (content: string | Uint8Array) => (file: string) => writeFileSync(file, content);

describe('R43 a table', () => {
  it.each([
    ['ten million columns', `${'a,'.repeat(10_000_000)}\n1\n`, /line 1: 20000000 characters/],
    ['ten million fields in a line', `${header}\n${','.repeat(10_000_000)}\n`, /line 2: 10000000/],
    ['quotes that never close', `${header}\n"0,0-0-0,${'x'.repeat(1000)}\n`, /line 2/],
    ['a million empty lines', `${header}\n${'\n'.repeat(1_000_000)}`, /rows; a table has/],
    ['no line end at all', 'x'.repeat(1_000_000), /line 1: 1000000 characters/],
    ['columns of equal names', `${header},valid_4\n0,0-0-0,1,1,1,1,1\n`, /"valid_4" twice/],
    ['30,000 digits', `${header}\n0,0-0-0,${'9'.repeat(30_000)},1,1,1\n`, /not a number/],
    ['hexadecimal numbers', `${header}\n0,0-0-0,0x10,1,1,1\n`, /not a number/],
    ['NUL bytes', `${header}\n0,0-0-0,\0,1,1,1\n`, /not a number/],
    ['nothing', '', /begins with/],
  ])('with %s is refused, naming the place', (_, text, why) => {
    expect(() => parse(text)).toThrow(why);
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'ARCHER_DATA_CORRUPT' }));
  });

  it.each([
    ['a pipe that nobody writes to', (f: string) => execFileSync('mkfifo', [f]), /not a file/],
    ['an endless device', (f: string) => symlinkSync('/dev/zero', f), /not a file/],
    ['a gzip that is cut', holding(gzipSync(slice).subarray(0, 40)), /no whole gzip file/],
    ['another content', holding(`${slice}\n`), /has sha256 .*, which is not/],
    ['bytes of nonsense', holding(Uint8Array.of(0x1f, 0x8b, 1, 2)), /no whole gzip file/],
  ])('that is %s is refused', (_, make, why) => {
    expect(read(make, [sha256Hex(slice)])).toThrow(why);
  });

  it.each([
    ['a pickle', Uint8Array.of(0x80, 0x04, 0x95)],
    ['a zip archive', Uint8Array.of(0x50, 0x4b, 0x03, 0x04)],
  ])('that is %s is not even opened by an import', async (_, bytes) => {
    const to = folder();
    const file = join(to, 'given.csv');
    writeFileSync(file, bytes);
    const imported = importTable(TOY, { to, file, log: () => {} });
    await expect(imported).rejects.toMatchObject({ code: 'ARCHER_DATA_PICKLE', exit: 5 });
  });

  it('is a table or an ArcherError, whatever the text', () => {
    const pieces = fc.constantFrom(',', '\n', '"', "'", '=', '0-0-0', '1e400', 'nan', '\0', '\r');
    const edits = fc.array(
      fc.tuple(fc.nat({ max: slice.length }), fc.nat({ max: 9 }), fc.oneof(pieces, fc.string())),
      { minLength: 1, maxLength: 5 },
    );
    fc.assert(
      fc.property(fc.oneof(fc.string(), edits), (given) => {
        const text =
          typeof given === 'string'
            ? `${header}\n${given}`
            : given.reduce(
                (now, [at, n, piece]) => now.slice(0, at) + piece + now.slice(at + n),
                slice,
              );
        try {
          for (const values of parse(text).values.values()) {
            for (const value of values) expect(value >= 0 || Number.isNaN(value)).toBe(true);
          }
        } catch (error) {
          if (!isArcherError(error)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });
});
