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
import { beforeAll, describe, expect, it } from 'vitest';
import { type TemporaryFolder, temporaryFolder } from '../../tools/temporary-folder.ts';
import { lastCheckpoint, type Outcome, outcome, runToys, toyFolder } from '../../tools/toy-runs.ts';
import type { RunEvent } from '../events.ts';

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
