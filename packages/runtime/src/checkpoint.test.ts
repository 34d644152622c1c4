import {
  appendFileSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type State, sha256Hex } from '@archer-nas/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { state } from '../tools/states.ts';
import { temporaryFolder } from '../tools/temporary-folder.ts';
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { CheckpointKeeper } from './checkpoint-keeper.ts';
import { JournalWriter } from './journal.ts';
import { readJournal } from './journal-reader.ts';

const progress = { done: 3, total: 9, unit: 'round' } as const;
const STATE: State = {
  weights: { shape: [2, 3], data: Float32Array.of(1, Number.NaN, -0, 4, 5, 6) },
  empty: new Int32Array(0),
  more: [Uint8Array.of(7), { rate: Number.POSITIVE_INFINITY }],
};
const saved = (value: State = STATE) => ({ job: 'search', progress, state: value });

/** A checkpoint with {@link STATE}. */
function written(folder: string) {
  const path = join(folder, 'search-7');
  const { hash } = writeCheckpoint(path, saved());
  return { path, hash, header: join(path, 'header.json'), arrays: join(path, 'arrays.bin') };
}

const corrupt = (problem: RegExp) =>
  expect.objectContaining({
    code: 'ARCHER_CHECKPOINT_CORRUPT',
    message: expect.stringMatching(problem),
  });

function flip(file: string, at: number, bit = 0): void {
  const bytes = readFileSync(file);
  bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << bit), at);
  writeFileSync(file, bytes);
}

describe('a checkpoint', () => {
  it('gives every state back', () => {
    using folder = temporaryFolder();
    let n = 0;
    fc.assert(
      fc.property(state, (value) => {
        const path = join(folder.path, `search-${n++}`);
        const { hash } = writeCheckpoint(path, saved(value));
        expect(readCheckpoint(path, hash)).toStrictEqual(saved(value));
      }),
      { numRuns: 40 },
    );
  });

  it('has the same bytes for the same state', () => {
    using a = temporaryFolder();
    using b = temporaryFolder();
    const [first, second] = [written(a.path), written(b.path)];
    expect(first.hash).toBe(second.hash);
    expect(readFileSync(first.header)).toStrictEqual(readFileSync(second.header));
    expect(readFileSync(first.arrays)).toStrictEqual(readFileSync(second.arrays));
  });

  it('is a JSON header and raw little-endian arrays at multiples of 64', () => {
    using folder = temporaryFolder();
    const { header, arrays, hash, path } = written(folder.path);
    const parsed = JSON.parse(readFileSync(header, 'utf8'));
    expect(hash).toBe(sha256Hex(readFileSync(header)));
    expect(parsed).toMatchObject({ format: 1, job: 'search', progress, arrayBytes: 65 });
    expect(
      parsed.arrays.map(({ dtype, length, offset }: never) => [dtype, length, offset]),
    ).toEqual([
      ['float32', 6, 0],
      ['int32', 0, 64],
      ['uint8', 1, 64],
    ]);
    expect(readFileSync(arrays).readFloatLE(12)).toBe(4);
    expect(readdirSync(path).sort()).toStrictEqual(['arrays.bin', 'header.json']);
    expect(readdirSync(folder.path)).toStrictEqual(['search-7']);
  });

  it('leaves nothing behind when the state cannot be saved', () => {
    using folder = temporaryFolder();
    const bad = { a: Float32Array.of(1), b: undefined } as never;
    expect(() => writeCheckpoint(join(folder.path, 'search-1'), saved(bad))).toThrow(/state\.b/);
    expect(readdirSync(folder.path)).toStrictEqual([]);
  });
});

describe('R06 a damaged checkpoint is refused', () => {
  it('with any bit of the header flipped', () => {
    using folder = temporaryFolder();
    const { path, hash, header } = written(folder.path);
    const size = readFileSync(header).length;
    fc.assert(
      fc.property(fc.nat(size - 1), fc.nat(7), (at, bit) => {
        flip(header, at, bit);
        expect(() => readCheckpoint(path, hash)).toThrow(corrupt(/header\.json does not have/));
        flip(header, at, bit);
      }),
      { numRuns: 50 },
    );
    expect(readCheckpoint(path, hash)).toStrictEqual(saved());
  });

  it('with a bit of an array flipped', () => {
    using folder = temporaryFolder();
    const { path, hash, arrays } = written(folder.path);
    flip(arrays, 5);
    expect(() => readCheckpoint(path, hash)).toThrow(corrupt(/array 0 does not have its hash/));
    flip(arrays, 5);
    flip(arrays, 64);
    expect(() => readCheckpoint(path, hash)).toThrow(corrupt(/array 2 does not have its hash/));
  });

  it('truncated, empty, too long, or of the right size with other bytes', () => {
    using folder = temporaryFolder();
    const { path, hash, arrays } = written(folder.path);
    const read = () => readCheckpoint(path, hash);
    writeFileSync(arrays, new Uint8Array(65));
    expect(read).toThrow(corrupt(/array 0 does not have its hash/));
    appendFileSync(arrays, 'x');
    expect(read).toThrow(corrupt(/arrays\.bin has 66 bytes, expected 65/));
    truncateSync(arrays, 10);
    expect(read).toThrow(corrupt(/arrays\.bin has 10 bytes, expected 65/));
    truncateSync(arrays, 0);
    expect(read).toThrow(corrupt(/arrays\.bin has 0 bytes/));
  });

  it.each(['header.json', 'arrays.bin', '.'])('without %s', (name) => {
    using folder = temporaryFolder();
    const { path, hash } = written(folder.path);
    rmSync(join(path, name), { recursive: true });
    expect(() => readCheckpoint(path, hash)).toThrow(corrupt(/is missing/));
  });

  it.each([
    ['length', 2 ** 40],
    ['length', -1],
    ['length', 1.5],
    ['offset', 2 ** 40],
    ['offset', -4],
    ['dtype', 'object'],
  ])('R43 whose header claims %s %s, before anything is allocated', (field, value) => {
    using folder = temporaryFolder();
    const { path, header } = written(folder.path);
    const parsed = JSON.parse(readFileSync(header, 'utf8'));
    parsed.arrays[0][field] = value;
    writeFileSync(header, JSON.stringify(parsed));
    const hash = sha256Hex(readFileSync(header));
    expect(() => readCheckpoint(path, hash)).toThrow(corrupt(/array 0 claims/));
  });

  it('of another format', () => {
    using folder = temporaryFolder();
    const { path, header } = written(folder.path);
    writeFileSync(header, readFileSync(header, 'utf8').replace('"format":1', '"format":2'));
    const hash = sha256Hex(readFileSync(header));
    const problem = { code: 'ARCHER_FORMAT', exit: 4, hint: expect.stringContaining('newer') };
    expect(() => readCheckpoint(path, hash)).toThrow(expect.objectContaining(problem));
  });
});

describe('CheckpointKeeper', () => {
  it('keeps the last two of each job, each named by a journal line', () => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'journal.jsonl');
    const root = join(folder.path, 'checkpoints');
    const journal = new JournalWriter(file);
    const keeper = new CheckpointKeeper(root, journal, []);
    for (const job of [
      'search',
      'study:0:rank',
      'study:0:rank',
      'study:0:rank',
      'search',
      'search',
    ]) {
      keeper.save({ ...saved(), job }, { search: 3 });
    }
    journal.close();
    expect(readdirSync(root).sort()).toStrictEqual([
      'search-4',
      'search-5',
      'study-0-rank-2',
      'study-0-rank-3',
    ]);
    const last = readJournal(file).lines.at(-1);
    const { folder: name, hash, search } = (last?.body ?? {}) as Record<string, string>;
    expect([last?.seq, name, search]).toStrictEqual([5, 'search-5', 3]);
    expect(readCheckpoint(join(root, name as string), hash as string)).toStrictEqual(saved());
  });
});
