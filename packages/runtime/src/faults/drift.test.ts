import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { definePlugin, type Maker, type PluginLookup } from '@archer-nas/core';
import { toyOnes } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../tools/temporary-folder.ts';
import { runToys, toyFolder, toyLookup, toyManifest } from '../../tools/toy-runs.ts';
import type { Fingerprint } from '../fingerprint.ts';
import { readRun } from '../read-run.ts';
import type { RunOptions } from '../run.ts';
import { verifyRun } from '../verify/verify-run.ts';

/** The toys, with an evaluator that reads a table of this hash, and some of other versions. */
function toys(hash: string, versions: Readonly<Record<string, string>> = {}): PluginLookup {
  const ones = toyOnes as unknown as Maker<'evaluator'>;
  const table = definePlugin({
    ...ones,
    id: 'toy-table',
    create: async (options, deps) => Object.assign(await ones.create(options, deps), { hash }),
  });
  const lookup = toyLookup(table);
  return async (kind, id) => {
    const loaded = await lookup(kind, id);
    return { ...loaded, version: versions[id] ?? '1.2.3' };
  };
}

const manifest = toyManifest({ evaluator: { use: 'toy-table', noise: 0.5 } });
const original: Partial<RunOptions> = { manifest, lookup: toys('abc') };

/** As if the run had begun elsewhere: what this machine and installation cannot be changed to. */
function began(change: Partial<Fingerprint>): (root: string) => void {
  return (root) => {
    const file = join(root, 'fingerprint.json');
    const fingerprint = JSON.parse(readFileSync(file, 'utf8')) as Fingerprint;
    writeFileSync(file, JSON.stringify({ ...fingerprint, ...change }));
  };
}

interface Drift {
  readonly now?: Partial<RunOptions>;
  readonly before?: (root: string) => void;
  readonly lines: readonly (string | RegExp)[];
}

const NODE = process.version.split('.')[0];
const engine = {
  class: 'native/4.22.0/f32/avx2',
  reproducible: 'bitwise',
  description: '',
} as const;
const changed = toyManifest({
  ...manifest,
  strategy: { use: 'toy-climb', rounds: 6 },
  nonFinite: 'skip',
});

const DRIFTS: readonly (readonly [string, Drift])[] = [
  [
    'the manifest',
    {
      now: { manifest: changed },
      lines: ['strategy.rounds: 5 → 6', /^nonFinite: absent → \{"policy":"skip"/],
    },
  ],
  [
    "a plugin's minor version",
    {
      now: { lookup: toys('abc', { 'toy-climb': '1.3.0' }) },
      lines: ['plugin strategy strategy:toy-climb: "toy-climb@1.2.3" → "toy-climb@1.3.0"'],
    },
  ],
  [
    "a plugin's major version",
    {
      now: { lookup: toys('abc', { 'toy-bits': '2.0.0' }) },
      lines: ['plugin space space:toy-bits: "toy-bits@1.2.3" → "toy-bits@2.0.0"'],
    },
  ],
  [
    'the hash of what it reads',
    { now: { lookup: toys('def') }, lines: ['data hash: "abc" → "def"'] },
  ],
  [
    'the major version of Node.js',
    { before: began({ node: 'v1.2.3' }), lines: [`Node.js: "v1" → "${NODE}"`] },
  ],
  [
    'the class of the engine',
    { before: began({ engine }), lines: [`engine class: "${engine.class}" → "none"`] },
  ],
  ['core', { before: began({ core: '0.0.1' }), lines: [/^core: "0\.0\.1" → "/] }],
  [
    'several things at once',
    {
      before: began({ node: 'v1.2.3', engine, core: '0.0.1' }),
      now: { manifest: changed, lookup: toys('def', { 'toy-climb': '9.0.0' }) },
      lines: [/^nonFinite/, /^strategy/, /^plugin/, /^core/, /^Node/, /^data/, /^engine/],
    },
  ],
];

describe.each(DRIFTS)(
  'R08 a run resumed after a change of %s',
  (_, { now = {}, before, lines }) => {
    const expected = lines.map((line) =>
      typeof line === 'string' ? line : expect.stringMatching(line),
    );
    const driftOf = (message: string): string[] => message.split('\n  ').slice(1);

    async function begun(out: string): Promise<string> {
      await runToys(out, { ...original, maxTime: 0 });
      before?.(toyFolder(out));
      return join(toyFolder(out), 'journal.jsonl');
    }

    it('is refused with each difference, and left as it was', async () => {
      using folder = temporaryFolder();
      const journal = await begun(folder.path);
      const bytes = readFileSync(journal, 'hex');
      const error = await runToys(folder.path, { ...original, ...now }).catch((thrown) => thrown);
      expect(error).toMatchObject({
        ...{ code: 'ARCHER_DRIFT', exit: 4 },
        hint: expect.stringContaining('--accept-drift'),
      });
      expect(driftOf(error.message).sort()).toStrictEqual(expect.arrayContaining(expected));
      expect(driftOf(error.message)).toHaveLength(expected.length);
      expect(readFileSync(journal, 'hex')).toBe(bytes);
    });

    it('goes on where that is accepted, and has it in its journal', async () => {
      using folder = temporaryFolder();
      await begun(folder.path);
      const options = { ...original, ...now };
      const { status } = await runToys(folder.path, { ...options, acceptDrift: true, maxTime: 0 });
      expect(status).toBe('time-up');
      // From here on it is no drift any more.
      const { records } = await runToys(folder.path, options);
      const resumes = records[0]?.lines.filter(({ event }) => event === 'resume') ?? [];
      const drifts = resumes.map(({ body }) => (body as { drift?: string[] }).drift);
      expect(drifts).toStrictEqual([expect.arrayContaining(expected), undefined]);
      expect(drifts[0]).toHaveLength(expected.length);
      expect(verifyRun(toyFolder(folder.path)).status).toBe('intact');
    });
  },
);

describe('R48 a plugin that is upgraded between the search and its study', () => {
  const upgraded = { ...original, lookup: toys('abc', { 'toy-count': '1.3.0' }) };
  const line = (index: number): string =>
    `plugin study.${index} study:toy-count: "toy-count@1.2.3" → "toy-count@1.3.0"`;

  it('is recorded, and the search is not made again', async () => {
    using folder = temporaryFolder();
    const stop = new AbortController();
    await runToys(folder.path, {
      ...original,
      signal: stop.signal,
      onEvent: (event) => {
        if (event.type === 'job' && event.job === 'study:1:toy-count') stop.abort();
      },
    });
    await expect(runToys(folder.path, upgraded)).rejects.toMatchObject({
      ...{ code: 'ARCHER_DRIFT', message: expect.stringContaining(line(1)) },
    });
    const jobs = new Set<string>();
    await runToys(folder.path, {
      ...upgraded,
      acceptDrift: true,
      onEvent: (event) => event.type === 'step' && void jobs.add(event.job),
    });
    expect([...jobs]).toStrictEqual(['study:1:toy-count']);
    const { lines, fingerprint } = readRun(toyFolder(folder.path));
    const drift = lines.findLast(({ event }) => event === 'resume')?.body;
    expect(drift).toMatchObject({ drift: [line(0), line(1)] });
    expect(fingerprint?.plugins['study.1 study:toy-count']).toBe('toy-count@1.3.0');
  });
});
