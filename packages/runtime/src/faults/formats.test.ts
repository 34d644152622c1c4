import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type JournalLine, sha256Hex } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { fixtureManifest as manifest } from '../../tools/fixture-manifest.mjs';
import { temporaryFolder } from '../../tools/temporary-folder.ts';
import { outcome, runToys, toyFolder, toyLookup } from '../../tools/toy-runs.ts';
import { toyWalk } from '../../tools/toy-walk.mjs';
import { formatLine } from '../journal.ts';
import { isRetry, readJournal } from '../journal-reader.ts';
import { readRun } from '../read-run.ts';
import { verifyRun } from '../verify/verify-run.ts';

const FIXTURES = fileURLToPath(new URL('../../fixtures', import.meta.url));
/** Node.js and core may have moved on since a fixture was written. */
const options = { manifest, lookup: toyLookup(toyWalk), acceptDrift: true };

/** A copy of a fixture's results, to be changed. */
function copyOf(format: string, state: 'finished' | 'interrupted', out: string): string {
  cpSync(join(FIXTURES, format, state), out, { recursive: true });
  return toyFolder(out);
}

/** The run of the fixtures, stopped with a checkpoint and with its end still to come. */
async function interrupted(out: string): Promise<string> {
  await runToys(out, { ...options, maxTime: 0 });
  return toyFolder(out);
}

/** Writes a journal again, line by line. */
function rewrite(root: string, change: (line: JournalLine) => JournalLine): void {
  const file = join(root, 'journal.jsonl');
  const lines = readJournal(file).lines.map((line) => `${formatLine(change(line))}\n`);
  writeFileSync(file, lines.join(''));
}

const bodyOf = ({ body }: JournalLine) => body as Readonly<Record<string, never>>;

describe.each(readdirSync(FIXTURES))('R11 a run folder that was written as %s', (format) => {
  const finished = toyFolder(join(FIXTURES, format, 'finished'));

  it('is intact, finished or not', () => {
    for (const state of ['finished', 'interrupted'] as const) {
      const found = verifyRun(toyFolder(join(FIXTURES, format, state)));
      expect(found.findings.filter(({ status }) => status === 'damaged')).toStrictEqual([]);
      expect(found.run).toBe(state === 'finished' ? 'finished' : 'unfinished');
    }
  });

  it('is shown when it is finished, and never written to', async () => {
    using folder = temporaryFolder();
    const root = copyOf(format, 'finished', folder.path);
    const before = readFileSync(join(root, 'journal.jsonl'), 'hex');
    const { status, records } = await runToys(folder.path, options);
    expect(status).toBe('finished');
    expect(records[0]?.result).toStrictEqual(readRun(finished).result);
    expect(readFileSync(join(root, 'journal.jsonl'), 'hex')).toBe(before);
  });

  it('goes on to the end that it had then', async () => {
    using folder = temporaryFolder();
    const root = copyOf(format, 'interrupted', folder.path);
    const { lines } = readRun(root);
    expect(lines.filter(isRetry).length).toBeGreaterThan(0);
    expect((await runToys(folder.path, options)).status).toBe('finished');
    expect(outcome(root)).toStrictEqual(outcome(finished));
  });

  it('is what a run of today ends with', async () => {
    using folder = temporaryFolder();
    await runToys(folder.path, options);
    expect(outcome(toyFolder(folder.path))).toStrictEqual(outcome(finished));
  });
});

describe('R11 a journal from before formats had numbers', () => {
  it('goes on like any other', async () => {
    using folder = temporaryFolder();
    const root = await interrupted(folder.path);
    rewrite(root, (line) => {
      const { format: _, sha256: __, ...body } = bodyOf(line);
      return line.event === 'begin' ? { ...line, body } : line;
    });
    expect(bodyOf(readJournal(join(root, 'journal.jsonl')).lines[0] as JournalLine).format).toBe(
      undefined,
    );
    expect((await runToys(folder.path, options)).status).toBe('finished');
    expect(outcome(root)).toStrictEqual(outcome(toyFolder(join(FIXTURES, 'format-1', 'finished'))));
  });
});

describe('R11 a format that this version does not know', () => {
  const newer = {
    code: 'ARCHER_FORMAT',
    exit: 4,
    hint: expect.stringContaining('update with npm'),
  };
  const older = {
    code: 'ARCHER_FORMAT',
    exit: 4,
    hint: expect.stringContaining('fingerprint.json'),
  };

  it.each([
    [2, newer],
    [0, older],
    ['1', older],
  ])(
    'of the journal (%j) is refused with what to do, and nothing is changed',
    async (format, error) => {
      using folder = temporaryFolder();
      const root = await interrupted(folder.path);
      rewrite(root, (line) =>
        line.event === 'begin' ? { ...line, body: { ...bodyOf(line), format } } : line,
      );
      const before = readFileSync(join(root, 'journal.jsonl'), 'hex');
      const names = readdirSync(join(root, 'checkpoints'));
      await expect(runToys(folder.path, options)).rejects.toMatchObject(error);
      expect(() => readRun(root)).toThrow(expect.objectContaining(error));
      expect(verifyRun(root)).toMatchObject({ status: 'damaged' });
      expect(readFileSync(join(root, 'journal.jsonl'), 'hex')).toBe(before);
      expect(readdirSync(join(root, 'checkpoints'))).toStrictEqual(names);
    },
  );

  it('of the newest checkpoint is refused: an older one is no replacement', async () => {
    using folder = temporaryFolder();
    await runToys(folder.path, { ...options, checkpointEvery: 1, maxTime: 0 });
    const root = toyFolder(folder.path);
    let hash = '';
    rewrite(root, (line) => {
      if (line.event !== 'checkpoint') return line;
      const header = join(root, 'checkpoints', bodyOf(line).folder ?? '', 'header.json');
      writeFileSync(header, readFileSync(header, 'utf8').replace('"format":1', '"format":2'));
      hash = sha256Hex(readFileSync(header));
      return { ...line, body: { ...bodyOf(line), hash } };
    });
    expect(hash).not.toBe('');
    const names = readdirSync(join(root, 'checkpoints'));
    await expect(runToys(folder.path, options)).rejects.toMatchObject(newer);
    expect(readdirSync(join(root, 'checkpoints'))).toStrictEqual(names);
  });

  it('of the result is refused', async () => {
    using folder = temporaryFolder();
    const root = copyOf('format-1', 'finished', folder.path);
    const file = join(root, 'result.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"format": 1', '"format": 2'));
    await expect(runToys(folder.path, options)).rejects.toMatchObject(newer);
    expect(() => readRun(root)).toThrow(expect.objectContaining(newer));
  });
});
