import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { parseManifest } from '@archer-nas/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../tools/temporary-folder.ts';
import { outcome, runToys, toyFolder, toyLookup } from '../../tools/toy-runs.ts';
import type { RunEvent } from '../events.ts';
import { exportRun } from '../export-run.ts';
import { runFolder } from '../folders.ts';
import { JournalWriter } from '../journal.ts';
import { readJournal } from '../journal-reader.ts';
import type { RunResult } from '../read-run.ts';
import { allTables, tableCsv } from '../result-files.ts';
import { resume } from '../resume.ts';

const lookup = toyLookup();
const OWN = ['checkpoints', 'exports', 'fingerprint.json', 'journal.jsonl', 'lock'];
const ALSO_OWN = ['manifest.json', 'result.json', 'tables'];

/** A folder outside of the run, and a check that nothing in it has changed. */
function outside(root: string) {
  const path = join(root, 'outside');
  mkdirSync(join(path, 'search-1'), { recursive: true });
  writeFileSync(join(path, 'precious.txt'), 'precious');
  const isUntouched = (): boolean =>
    readdirSync(path).sort().join() === 'precious.txt,search-1' &&
    readFileSync(join(path, 'precious.txt'), 'utf8') === 'precious';
  return { path, isUntouched };
}

/** A run that was stopped after its first step. */
async function interrupted(out: string): Promise<string> {
  const stop = new AbortController();
  const onEvent = (event: RunEvent): void => void (event.type === 'step' && stop.abort());
  await runToys(out, { signal: stop.signal, onEvent });
  return toyFolder(out);
}

describe('R41 a link in the place of', () => {
  it.each([...OWN, ...ALSO_OWN])('%s is refused, and nothing behind it changes', async (name) => {
    using folder = temporaryFolder();
    const { path, isUntouched } = outside(folder.path);
    const run = toyFolder(folder.path);
    mkdirSync(run, { recursive: true });
    const target = name.includes('.') ? join(path, 'precious.txt') : path;
    symlinkSync(target, join(run, name));
    for (const options of [{}, { restart: true }]) {
      await expect(runToys(folder.path, options)).rejects.toMatchObject({
        ...{ code: 'ARCHER_RUN_LINK', exit: 8 },
      });
    }
    expect(isUntouched()).toBe(true);
    expect(readdirSync(run)).toEqual([name]);
  });

  it('the lock that leads nowhere is refused', async () => {
    using folder = temporaryFolder();
    const run = toyFolder(folder.path);
    mkdirSync(run, { recursive: true });
    symlinkSync(join(folder.path, 'nowhere'), join(run, 'lock'));
    await expect(runToys(folder.path)).rejects.toMatchObject({ code: 'ARCHER_RUN_LINK' });
  });

  it('exports is refused by an export', async () => {
    using folder = temporaryFolder();
    const { path, isUntouched } = outside(folder.path);
    await runToys(folder.path);
    const run = toyFolder(folder.path);
    symlinkSync(path, join(run, 'exports'));
    const exported = exportRun(run, { format: 'genotype', lookup });
    await expect(exported).rejects.toMatchObject({ code: 'ARCHER_RUN_LINK' });
    expect(isUntouched()).toBe(true);
  });

  it('the folder of results is followed: a disk of its own is fine', async () => {
    using folder = temporaryFolder();
    mkdirSync(join(folder.path, 'disk'));
    symlinkSync(join(folder.path, 'disk'), join(folder.path, 'results'));
    const { status } = await runToys(join(folder.path, 'results'));
    expect(status).toBe('finished');
    expect(existsSync(toyFolder(join(folder.path, 'disk')))).toBe(true);
  });
});

describe('R41 --restart', () => {
  it('deletes what the run wrote and nothing else', async () => {
    using folder = temporaryFolder();
    const { path, isUntouched } = outside(folder.path);
    await runToys(folder.path);
    const run = toyFolder(folder.path);
    const before = outcome(run);
    writeFileSync(join(run, 'notes.md'), 'mine');
    writeFileSync(join(run, 'journal.jsonl.1-a.tmp'), 'half written');
    mkdirSync(join(run, 'plots'));
    symlinkSync(path, join(run, 'elsewhere'));
    symlinkSync(path, join(run, 'checkpoints', 'search-99999'));
    await runToys(folder.path, { restart: true });
    expect(outcome(run)).toEqual(before);
    expect(readFileSync(join(run, 'notes.md'), 'utf8')).toBe('mine');
    expect(existsSync(join(run, 'plots'))).toBe(true);
    expect(lstatSync(join(run, 'elsewhere')).isSymbolicLink()).toBe(true);
    expect(existsSync(join(run, 'journal.jsonl.1-a.tmp'))).toBe(false);
    expect(isUntouched()).toBe(true);
  });
});

describe('R41 a journal from elsewhere', () => {
  it.each(['../../../outside', '../../../outside/search-1', '/etc', '..', '.', 'a/../..-1', ''])(
    'that names the checkpoint %j makes nobody read or delete it',
    async (name) => {
      using folder = temporaryFolder();
      const { isUntouched } = outside(folder.path);
      const run = await interrupted(folder.path);
      const layout = runFolder(run);
      const journal = new JournalWriter(layout.journal, readJournal(layout.journal).end, () => {});
      for (let i = 0; i < 3; i++) {
        const body = { folder: name, hash: 'f00', bytes: 1, seconds: 0 };
        journal.append({ kind: 'telemetry', job: 'search', event: 'checkpoint', at: 1, body });
      }
      journal.commit();
      journal.close();
      const { status } = await resume(run, { lookup, dataFolder: folder.path });
      expect(status).toBe('finished');
      expect(isUntouched()).toBe(true);
    },
  );
});

describe('R41 a name', () => {
  const NAMES = [
    ...['..', '../x', '/x', 'C:\\x', 'c:x', '\\\\host\\share', 'x\0', 'x.', 'x ', 'X', 'a/b'],
    ...['con', 'nul', 'aux', 'prn', 'com1', 'lpt9', '', 'x'.repeat(300), '-x', '.x', 'ｘ', '~'],
  ];
  const of = (name: string, profile: string): string =>
    JSON.stringify({
      ...{ name, space: { use: 'a' }, strategy: { use: 'b' } },
      profiles: { [profile]: {} },
    });

  it.each([...NAMES])('%j is none of an experiment or a profile', (name) => {
    expect(() => parseManifest(of(name, 'p'), 'm')).toThrow(/is not a valid manifest/);
    expect(() => parseManifest(of('x', name), 'm')).toThrow(/is not a valid manifest/);
  });

  it.each(['default', 'base'])('%s is none of a profile: it stands for none', (name) => {
    expect(() => parseManifest(of(name, 'p'), 'm')).not.toThrow();
    expect(() => parseManifest(of('x', name), 'm')).toThrow(/stands for no profile/);
  });

  it('of a table stays in its folder, and no table takes the place of another', () => {
    const named = ['../x', '/x', 'A', 'a', 'a b', 'a/b', 'a?b', 'nul', 'x'.repeat(300), '.', ''];
    const tables = Object.fromEntries(
      named.map((name, i) => [name, { columns: ['n'], rows: [[i]] }]),
    );
    const search = { metrics: {}, tables, notes: [], best: [] };
    const found = allTables({ search, studies: [] } as unknown as RunResult);
    expect([...found.values()].map(({ rows }) => rows[0]?.[0])).toEqual(named.map((_, i) => i));
    const files = [...found.keys()];
    for (const file of files) expect(file).toMatch(/^search-[\w-]{0,120}$/);
    expect(new Set(files.map((file) => file.toLowerCase())).size).toBe(named.length);
  });
});

/** True for what a spreadsheet reads as a number, not as something to compute. */
const isNumber = (text: string): boolean =>
  text.trim() === text && text !== '' && Number.isFinite(Number(text));

describe('R45 a CSV cell', () => {
  it.each([
    ['=1+1', "'=1+1"],
    ['+1', '+1'],
    ['+1+1', "'+1+1"],
    ['-1+1', "'-1+1"],
    ["-1+cmd|' /C calc'!A0", "'-1+cmd|' /C calc'!A0"],
    ['-1 to 2+3', "'-1 to 2+3"],
    ['-1 to A1', "'-1 to A1"],
    ['-A1', "'-A1"],
    ['-1\n=2', '"\'-1\n=2"'],
    ['-1', '-1'],
    ['-0.500 to 1.000', '-0.500 to 1.000'],
    ['-1.5e-7 ± 0.1', '-1.5e-7 ± 0.1'],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['=HYPERLINK("http://e")', '"\'=HYPERLINK(""http://e"")"'],
    ['a"b', '"a""b"'],
    ['a,b\n=c', '"a,b\n=c"'],
    ['a=1', 'a=1'],
  ])('%j is no formula: %j', (given, cell) => {
    expect(tableCsv({ columns: [given], rows: [[given]] })).toBe(`${cell}\n${cell}\n`);
  });

  it('that begins with a minus has its apostrophe unless it is made of numbers alone', () => {
    const pieces = ['-', '+', '=', '1', '0.5', ' to ', ' ± ', 'A1', 'e', '(', '|', '!', '\t', ' '];
    const tail = fc.array(fc.constantFrom(...pieces), { maxLength: 6 });
    fc.assert(
      fc.property(tail, (rest) => {
        const given = `-${rest.join('')}`;
        const isGuarded = tableCsv({ columns: [], rows: [[given]] }).includes("'");
        const isNumbers = given.split(/ (?:to|±) /).every((part) => isNumber(part));
        expect(isGuarded || isNumbers, given).toBe(true);
      }),
    );
  });
});
