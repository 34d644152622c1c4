import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { definePlugin, oneStep } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { temporaryFolder } from '../../tools/temporary-folder.ts';
import { crashImage, runToys, toyFolder, toyLookup, toyManifest } from '../../tools/toy-runs.ts';
import { toyWalk } from '../../tools/toy-walk.mjs';
import type { RunEvent } from '../events.ts';
import { acquireLock } from '../lock.ts';
import type { Finding } from './finding.ts';
import { type Verification, verifyRun } from './verify-run.ts';

/** Every file below a folder with its bytes and its time. */
function snapshot(root: string): Record<string, string> {
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    names.map((name) => {
      const stats = statSync(join(root, name));
      const bytes = stats.isFile() ? readFileSync(join(root, name), 'hex') : '';
      return [name, `${stats.mtimeMs} ${stats.ino} ${bytes}`];
    }),
  );
}

const damagedOf = ({ findings }: Verification): Finding[] =>
  findings.filter(({ status }) => status === 'damaged');

function flipBit(file: string, at = Math.floor(statSync(file).size / 2)): void {
  const bytes = readFileSync(file);
  bytes[at] = (bytes[at] as number) ^ 1;
  writeFileSync(file, bytes);
}

const checkpointOf = (root: string): string => {
  const names = readdirSync(join(root, 'checkpoints')).filter((name) => name.startsWith('search'));
  return join(
    'checkpoints',
    names.sort((a, b) => a.length - b.length || (a < b ? -1 : 1)).at(-1) ?? '',
  );
};

describe('verifyRun', () => {
  it('finds a finished run intact, reads all of it and changes nothing', async () => {
    using folder = temporaryFolder();
    await runToys(folder.path);
    const root = toyFolder(folder.path);
    const before = snapshot(root);
    const found = verifyRun(root);
    expect(snapshot(root)).toStrictEqual(before);
    expect(found).toMatchObject({ folder: root, status: 'intact', run: 'finished' });
    const intact = found.findings
      .filter(({ status }) => status === 'intact')
      .map((one) => one.part);
    const checkpoints = readdirSync(join(root, 'checkpoints')).map((name) => `checkpoints/${name}`);
    const tables = readdirSync(join(root, 'tables')).map((name) => `tables/${name}`);
    const files = ['journal.jsonl', 'manifest.json', 'fingerprint.json', 'result.json'];
    expect(intact.sort()).toStrictEqual([...files, ...checkpoints, ...tables].sort());
    expect(found.findings).toHaveLength(intact.length);
  });

  it('finds every image of a dying run intact, and what is being written no damage', async () => {
    using folder = temporaryFolder();
    const found: Verification[] = [];
    const onEvent = (event: RunEvent): void => {
      if (event.type === 'resolved') return;
      found.push(verifyRun(toyFolder(folder.path)));
      crashImage(toyFolder(folder.path), join(folder.path, `image-${found.length}`));
      found.push(verifyRun(toyFolder(join(folder.path, `image-${found.length}`))));
    };
    await runToys(folder.path, { checkpointEvery: 1, onEvent });
    expect(found.length).toBeGreaterThan(30);
    expect(found.flatMap(damagedOf)).toStrictEqual([]);
    expect(found[0]?.findings).toContainEqual({
      ...{ status: 'note', part: 'lock' },
      detail: expect.stringMatching(/^is held by process \d+ on /),
    });
  });

  it('finds runs that were resumed, drifted and rolled back intact', async () => {
    using folder = temporaryFolder();
    const manifest = (title: string, every: number) =>
      toyManifest({
        title,
        strategy: { use: 'toy-walk', breaks: 0.25 },
        nonFinite: { policy: 'rollback', limit: 50, every },
      });
    const lookup = toyLookup(toyWalk);
    const running = { lookup, checkpointEvery: 2 };
    await runToys(folder.path, { ...running, manifest: manifest('a', 3), maxTime: 0 });
    const drifted = { ...running, manifest: manifest('b', 2), acceptDrift: true };
    await runToys(folder.path, { ...drifted, maxTime: 0 });
    expect(damagedOf(verifyRun(toyFolder(folder.path)))).toStrictEqual([]);
    await runToys(folder.path, drifted);
    const found = verifyRun(toyFolder(folder.path));
    expect(damagedOf(found)).toStrictEqual([]);
    expect(found.run).toBe('finished');
  });

  it('finds a journal damaged wherever it is cut off, once the run is finished', async () => {
    using folder = temporaryFolder();
    await runToys(folder.path);
    const journal = join(toyFolder(folder.path), 'journal.jsonl');
    const whole = readFileSync(journal);
    const ends = [...whole.entries()].flatMap(([at, byte]) => (byte === 10 ? [at, at + 1] : []));
    for (const end of [0, 1, ...ends.slice(0, -1)]) {
      writeFileSync(journal, whole.subarray(0, end));
      expect(verifyRun(toyFolder(folder.path)).status, `${end} bytes`).toBe('damaged');
    }
  });

  it('finds tables intact that an earlier version wrote with apostrophes before numbers', async () => {
    using folder = temporaryFolder();
    const report = { tables: { gaps: { columns: ['a', 'b'], rows: [['-1 to 2', '-1']] } } };
    const create = () => ({ when: 'after', needs: [], begin: async () => oneStep(() => report) });
    const plugin = { id: 'gaps', kind: 'study', options: z.strictObject({}), create } as const;
    const lookup = toyLookup(definePlugin(plugin as never));
    await runToys(folder.path, { lookup, manifest: toyManifest({ study: [{ use: 'gaps' }] }) });
    const root = toyFolder(folder.path);
    const table = join(root, 'tables', 'gaps-0-gaps.csv');
    expect(readFileSync(table, 'utf8')).toBe('a,b\n-1 to 2,-1\n');
    writeFileSync(table, "a,b\n'-1 to 2,'-1\n");
    expect(damagedOf(verifyRun(root))).toStrictEqual([]);
    writeFileSync(table, "a,b\n'-1 to 3,'-1\n");
    expect(damagedOf(verifyRun(root))).toHaveLength(1);
  });

  it.each<[string, (root: string) => void, string | RegExp, RegExp]>([
    ['a bit of the journal', (r) => flipBit(join(r, 'journal.jsonl')), 'journal.jsonl', /checksum/],
    ['the journal', (r) => rmSync(join(r, 'journal.jsonl')), 'journal.jsonl', /missing/],
    [
      'all but the beginning of the first line of the journal',
      (r) => truncateSync(join(r, 'journal.jsonl'), 200),
      'journal.jsonl',
      /has no line, only 200 bytes that are none; the run had begun/,
    ],
    [
      'every byte of the journal',
      (r) => truncateSync(join(r, 'journal.jsonl')),
      'journal.jsonl',
      /has no line, only 0 bytes/,
    ],
    [
      'a line at the end of the journal',
      (r) => {
        const text = readFileSync(join(r, 'journal.jsonl'), 'utf8').trimEnd();
        writeFileSync(join(r, 'journal.jsonl'), text.slice(0, text.lastIndexOf('\n') + 1));
      },
      'result.json',
      /not what the journal gives/,
    ],
    [
      'bytes behind the journal',
      (r) => appendFileSync(join(r, 'journal.jsonl'), '{"seq":'),
      'journal.jsonl',
      /7 bytes behind line \d+ are no line; the run was finished/,
    ],
    [
      'a bit of an array',
      (r) => flipBit(join(r, checkpointOf(r), 'arrays.bin')),
      /^checkpoints.search-\d+$/,
      /array 0 does not have its hash/,
    ],
    [
      'a bit of a header',
      (r) => flipBit(join(r, checkpointOf(r), 'header.json')),
      /^checkpoints.search-\d+$/,
      /does not have its hash/,
    ],
    [
      'a checkpoint',
      (r) => rmSync(join(r, checkpointOf(r)), { recursive: true }),
      /^checkpoints.search-\d+$/,
      /missing/,
    ],
    [
      'the space of an array',
      (r) => truncateSync(join(r, checkpointOf(r), 'arrays.bin'), 3),
      /^checkpoints.search-\d+$/,
      /3 bytes/,
    ],
    [
      'a digit of the result',
      (r) => {
        const file = join(r, 'result.json');
        writeFileSync(file, readFileSync(file, 'utf8').replace(/"seed": 0/, '"seed": 1'));
      },
      'result.json',
      /byte|not what/,
    ],
    [
      'a table',
      (r) => writeFileSync(join(r, 'tables', 'toy-count-1-trail.csv'), 'step,ones\n'),
      'tables/toy-count-1-trail.csv',
      /not what the journal gives/,
    ],
    [
      'a table that is there',
      (r) => rmSync(join(r, 'tables', 'toy-count-1-trail.csv')),
      'tables/toy-count-1-trail.csv',
      /missing/,
    ],
    [
      'a space in the manifest',
      (r) => appendFileSync(join(r, 'manifest.json'), ' '),
      'manifest.json',
      /hash/,
    ],
    [
      'a version in the fingerprint',
      (r) => {
        const file = join(r, 'fingerprint.json');
        writeFileSync(file, readFileSync(file, 'utf8').replace(/"core": "/, '"core": "9'));
      },
      'fingerprint.json',
      /hash/,
    ],
    [
      'the manifest to other JSON',
      (r) => writeFileSync(join(r, 'manifest.json'), '[5]'),
      'manifest.json',
      /is no manifest/,
    ],
    ['the fingerprint', (r) => rmSync(join(r, 'fingerprint.json')), 'fingerprint.json', /missing/],
  ])('finds that %s was changed', async (_, damage, part, detail) => {
    using folder = temporaryFolder();
    await runToys(folder.path);
    const root = toyFolder(folder.path);
    damage(root);
    const found = verifyRun(root);
    expect(found.status).toBe('damaged');
    expect(damagedOf(found)).toContainEqual({
      status: 'damaged',
      part: typeof part === 'string' ? part : expect.stringMatching(part),
      detail: expect.stringMatching(detail),
    });
  });

  it('finds that a journal is shorter than a checkpoint says', async () => {
    using folder = temporaryFolder();
    await runToys(folder.path, { maxTime: 0 });
    const root = toyFolder(folder.path);
    mkdirSync(join(root, 'checkpoints', 'search-99'));
    expect(damagedOf(verifyRun(root))).toStrictEqual([
      {
        ...{ status: 'damaged', part: 'journal.jsonl' },
        detail: 'ends before line 99, which checkpoints/search-99 follows',
      },
    ]);
  });

  it('takes what a killed process leaves for no damage', async () => {
    using folder = temporaryFolder();
    await runToys(folder.path, { maxTime: 0 });
    const root = toyFolder(folder.path);
    appendFileSync(join(root, 'journal.jsonl'), '{"seq":7,"ki');
    mkdirSync(join(root, 'checkpoints', 'search-2'));
    mkdirSync(join(root, 'checkpoints', 'search-4.1-a.tmp'));
    writeFileSync(join(root, 'result.json.1-a.tmp'), '');
    const found = verifyRun(root);
    expect(found).toMatchObject({ status: 'intact', run: 'unfinished' });
    const notes = found.findings.filter(({ status }) => status === 'note').map((one) => one.part);
    expect(notes.sort()).toStrictEqual([
      'checkpoints/search-2',
      'checkpoints/search-4.1-a.tmp',
      'journal.jsonl',
      'result.json',
      'result.json.1-a.tmp',
    ]);
  });

  it('does not wait for the lock, and says who holds it', async () => {
    using folder = temporaryFolder();
    await runToys(folder.path);
    const root = toyFolder(folder.path);
    using _lock = acquireLock(join(root, 'lock'));
    expect(verifyRun(root)).toMatchObject({ status: 'intact' });
    expect(verifyRun(root).findings.at(-1)?.detail).toContain(`held by process ${process.pid}`);
  });

  it('refuses a folder that holds no run', () => {
    using folder = temporaryFolder();
    expect(() => verifyRun(folder.path)).toThrow(
      expect.objectContaining({ code: 'ARCHER_NO_RUN', exit: 2 }),
    );
  });
});
