import {
  appendFileSync,
  cpSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { sha256Hex } from '@archer-nas/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { type TemporaryFolder, temporaryFolder } from '../../tools/temporary-folder.ts';
import { lastCheckpoint, type Outcome, outcome, runToys, toyFolder } from '../../tools/toy-runs.ts';
import type { RunEvent } from '../events.ts';
import { formatLine } from '../journal.ts';
import { field, readJournal } from '../journal-reader.ts';

let truth: Outcome;

beforeAll(async () => {
  using folder = temporaryFolder();
  await runToys(folder.path);
  truth = outcome(toyFolder(folder.path));
});

/** A run that was stopped in its first study, with two checkpoints of the search. */
async function stopped(folder: TemporaryFolder) {
  const stop = new AbortController();
  await runToys(folder.path, {
    checkpointEvery: 1,
    signal: stop.signal,
    onEvent: (event) => {
      if (event.type === 'step' && event.job === 'study:0:toy-count') stop.abort();
    },
  });
  const root = toyFolder(folder.path);
  const checkpoints = join(root, 'checkpoints');
  const named = (job: string) => readdirSync(checkpoints).filter((name) => name.startsWith(job));
  const newest = (job: string): string =>
    join(
      checkpoints,
      named(job)
        .sort((a, b) => seqOf(a) - seqOf(b))
        .at(-1) as string,
    );
  return { root, checkpoints, named, newest };
}

const seqOf = (name: string): number => Number(/\d+$/.exec(name)?.[0]);

async function resumed(folder: TemporaryFolder): Promise<string[]> {
  const warnings: string[] = [];
  const onEvent = (event: RunEvent): void => {
    if (event.type === 'warning') warnings.push(event.message);
  };
  await runToys(folder.path, { onEvent });
  expect(outcome(toyFolder(folder.path))).toStrictEqual(truth);
  return warnings;
}

describe('R06 a run whose newest checkpoint', () => {
  it.each([
    ['is truncated', (folder: string) => truncateSync(join(folder, 'arrays.bin'), 8)],
    ['is empty', (folder: string) => truncateSync(join(folder, 'header.json'), 0)],
    ['is missing', (folder: string) => rmSync(folder, { recursive: true })],
    [
      'is an empty folder',
      (folder: string) => readdirSync(folder).map((n) => rmSync(join(folder, n))),
    ],
    ['has lost its arrays', (folder: string) => rmSync(join(folder, 'arrays.bin'))],
    ['is all zeros', (folder: string) => zeroed(join(folder, 'header.json'))],
    ['has arrays of zeros', (folder: string) => zeroed(join(folder, 'arrays.bin'))],
    ['is longer than it was', (folder: string) => appendFileSync(join(folder, 'arrays.bin'), 'x')],
    ['is another one of the same size', (folder: string) => swapDigit(join(folder, 'header.json'))],
    [
      'has a flipped bit',
      (folder: string) => {
        const bytes = readFileSync(join(folder, 'arrays.bin'));
        bytes.writeUInt8(bytes.readUInt8(3) ^ 4, 3);
        writeFileSync(join(folder, 'arrays.bin'), bytes);
      },
    ],
  ])('%s warns, and goes on from the one before', async (_, damage) => {
    using folder = temporaryFolder();
    const { newest } = await stopped(folder);
    const broken = newest('search');
    damage(broken);
    const warnings = await resumed(folder);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(broken);
  });

  it('of the study is damaged begins that study anew', async () => {
    using folder = temporaryFolder();
    const { checkpoints, named } = await stopped(folder);
    expect(named('study')).toHaveLength(1);
    for (const name of named('study')) truncateSync(join(checkpoints, name, 'header.json'), 3);
    expect(await resumed(folder)).toHaveLength(1);
  });

  it('and all others are damaged stops, and never begins from zero unasked', async () => {
    using folder = temporaryFolder();
    const { root, checkpoints } = await stopped(folder);
    for (const name of readdirSync(checkpoints)) {
      truncateSync(join(checkpoints, name, 'header.json'), 3);
    }
    const before = readFileSync(join(root, 'journal.jsonl'), 'utf8');
    await expect(runToys(folder.path)).rejects.toMatchObject({
      code: 'ARCHER_NO_CHECKPOINT',
      exit: 8,
      hint: expect.stringContaining('--restart'),
    });
    expect(readFileSync(join(root, 'journal.jsonl'), 'utf8')).toBe(before);
    await runToys(folder.path, { restart: true });
    expect(outcome(root)).toStrictEqual(truth);
  });
});

describe('R06 a run whose newest checkpoint, by a header of the right hash,', () => {
  it.each([
    ['claims 2^40 bytes', { length: 2 ** 37 }],
    ['claims more elements than numbers can count', { length: 2 ** 60 }],
    ['claims a negative length', { length: -1 }],
    ['lies outside its file', { offset: 2 ** 40 }],
    ['begins before its file', { offset: -64 }],
    ['has elements of a type that there is not', { dtype: 'float80' }],
  ])('%s warns, allocates nothing, and goes on from the one before', async (_, changes) => {
    using folder = temporaryFolder();
    const { root, newest } = await stopped(folder);
    const broken = newest('search');
    const file = join(broken, 'header.json');
    const before = readFileSync(file, 'utf8');
    const header = JSON.parse(before) as { arrays: object[] };
    const arrays = header.arrays.map((entry) => ({ ...entry, ...changes }));
    const after = JSON.stringify({ ...header, arrays });
    writeFileSync(file, after);
    resign(join(root, 'journal.jsonl'), sha256Hex(before), sha256Hex(after));
    const allocated = process.memoryUsage().arrayBuffers;
    expect(await resumed(folder)).toStrictEqual([expect.stringContaining(broken)]);
    expect(process.memoryUsage().arrayBuffers - allocated).toBeLessThan(2 ** 28);
  });
});

/** Overwrites a file with as many zeros. */
function zeroed(file: string): void {
  writeFileSync(file, new Uint8Array(readFileSync(file).length));
}

/** Changes one digit of the progress, so that it stays JSON of the same size. */
function swapDigit(file: string): void {
  const text = readFileSync(file, 'utf8');
  const changed = text.replace(/"done":(\d)/, (_, digit) => `"done":${(Number(digit) + 1) % 10}`);
  expect(changed).toHaveLength(text.length);
  writeFileSync(file, changed);
}

/** Makes a journal name another hash, with sums that are right. */
function resign(journal: string, hash: string, other: string): void {
  const { lines } = readJournal(journal);
  const text = lines.map((line) => {
    if (field(line.body, 'hash') !== hash) return formatLine(line);
    return formatLine({ ...line, body: { ...(line.body as object), hash: other } });
  });
  writeFileSync(journal, text.map((line) => `${line}\n`).join(''));
}

describe('R04 R05 a run that died while it saved', () => {
  it('loses the half-written checkpoint', async () => {
    using folder = temporaryFolder();
    const { checkpoints, newest } = await stopped(folder);
    const half = join(checkpoints, 'search-99.123-abcdef01.tmp');
    cpSync(newest('search'), half, { recursive: true });
    truncateSync(join(half, 'header.json'), 3);
    expect(await resumed(folder)).toStrictEqual([]);
    expect(readdirSync(checkpoints).filter((name) => name.endsWith('.tmp'))).toStrictEqual([]);
  });

  it('loses the checkpoint that no line names', async () => {
    using folder = temporaryFolder();
    const { root, newest } = await stopped(folder);
    const orphan = newest('study');
    const journal = join(root, 'journal.jsonl');
    const lines = readFileSync(journal, 'utf8').trimEnd().split('\n');
    writeFileSync(journal, `${lines.slice(0, seqOf(orphan)).join('\n')}\n`);
    expect(await resumed(folder)).toStrictEqual([]);
    expect(readdirSync(join(root, 'checkpoints'))).not.toContain(orphan);
  });
});

describe('R07 a run whose journal', () => {
  it('is torn goes on from its commit point', async () => {
    using folder = temporaryFolder();
    const { root } = await stopped(folder);
    appendFileSync(join(root, 'journal.jsonl'), '{"seq":99,"kind":"scie');
    expect(await resumed(folder)).toStrictEqual([]);
  });

  it('is torn at any byte of its last line goes on from its commit point', async () => {
    using folder = temporaryFolder();
    const { root } = await stopped(folder);
    const whole = readFileSync(join(root, 'journal.jsonl'));
    const last = whole.lastIndexOf(10, whole.length - 2) + 1;
    for (let size = last + 1; size < whole.length; size++) {
      using image = temporaryFolder();
      cpSync(folder.path, image.path, { recursive: true });
      truncateSync(join(toyFolder(image.path), 'journal.jsonl'), size);
      expect(await resumed(image), `${size - last} bytes`).toStrictEqual([]);
    }
  }, 60_000);

  it('has the line breaks of another system goes on', async () => {
    using folder = temporaryFolder();
    const { root } = await stopped(folder);
    const journal = join(root, 'journal.jsonl');
    writeFileSync(journal, readFileSync(journal, 'utf8').replaceAll('\n', '\r\n'));
    expect(await resumed(folder)).toStrictEqual([]);
  });

  it.each([
    [
      'is shorter than a checkpoint says',
      'ARCHER_JOURNAL_SHORT',
      (text: string) => `${text.split('\n').slice(0, 4).join('\n')}\n`,
    ],
    ['is empty', 'ARCHER_JOURNAL_SHORT', () => ''],
    [
      'has garbage in the middle',
      'ARCHER_JOURNAL_CORRUPT',
      (text: string) => text.replace('"event":"step"', '"event":"stop"'),
    ],
  ] as const)('%s is refused and left as it is', async (_, code, damage) => {
    using folder = temporaryFolder();
    const { root, checkpoints } = await stopped(folder);
    const journal = join(root, 'journal.jsonl');
    const damaged = damage(readFileSync(journal, 'utf8'));
    writeFileSync(journal, damaged);
    const names = readdirSync(checkpoints);
    await expect(runToys(folder.path)).rejects.toMatchObject({ code, exit: 8 });
    expect(readFileSync(journal, 'utf8')).toBe(damaged);
    expect(readdirSync(checkpoints)).toStrictEqual(names);
  });
});

describe('a study under way', () => {
  it('keeps the checkpoint of the search that it was asked at', async () => {
    using folder = temporaryFolder();
    const { root, named } = await stopped(folder);
    expect(named('search')).toHaveLength(2);
    expect(JSON.parse(lastCheckpoint(root, 'search')[0])).toMatchObject({ progress: { done: 2 } });
  });
});
