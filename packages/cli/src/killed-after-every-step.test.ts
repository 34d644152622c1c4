import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type RunRecord, readRun, scienceLines } from '@archer-nas/runtime';
import { describe, expect, it } from 'vitest';
import { manifestOf, start, temporaryFolder } from '../test/archer.ts';

const HOOK = pathToFileURL(join(import.meta.dirname, '../test/kill-at-checkpoint.mjs')).href;
/** Where the engine native is built. */
const ADDON = fileURLToPath(new URL('../../engine-native/build/archer.node', import.meta.url));
/** More processes than any of the runs has steps. */
const ENDLESS = 60;

const TRAINED = ['--set', 'strategy.epochs=1', '--set', 'data.train=64', '--set', 'data.valid=64'];
/** Two architectures that are scored and trained: every kind of step, and from one to the next. */
const RANKED = [
  '--set',
  'study=[{ rank: { architectures: { sample: 2 }, images: valid, truth: { use: train, epochs: 1 } } }]',
];

/** One process of `archer run`, which is killed at its first checkpoint if `killed`. */
function archerRun(args: readonly string[], out: string, killed: boolean) {
  const { ARCHER_ENGINE: _, ARCHER_THREADS: __, ...surroundings } = process.env;
  const env = {
    ...surroundings,
    ...(killed && { NODE_OPTIONS: `--import=${HOOK}`, KILL_BELOW: out }),
  };
  const { said, process: child } = start(
    // Answers that another run has cached would not be computed again.
    [...args, '--out', out, '--data', join(out, 'data')],
    { env },
  );
  return said.then(({ code, out, err }) => ({ code, out, err, signal: child.signalCode }));
}

/** What must be equal, byte for byte, however often a run was killed. */
function outcomeOf(out: string) {
  const root = join(out, 'smoke', 'seed-0');
  const record: RunRecord = readRun(root);
  const checkpoints = readdirSync(join(root, 'checkpoints')).filter((name) =>
    /^search-/.test(name),
  );
  const numberOf = (name: string): number => Number(/\d+$/.exec(name)?.[0]);
  const last = checkpoints.sort((a, b) => numberOf(a) - numberOf(b)).at(-1) as string;
  const read = (...names: string[]) => readFileSync(join(root, ...names)).toString('base64');
  return {
    science: scienceLines(record.lines),
    result: read('result.json'),
    header: read('checkpoints', last, 'header.json'),
    arrays: read('checkpoints', last, 'arrays.bin'),
  };
}

describe('R01 a run that is killed with SIGKILL after every step', () => {
  it.each([
    ['rea-nb201', []],
    ['spos-nb201', [...TRAINED, '--set', 'study=[]']],
    ['pada-nb201', [...TRAINED, ...RANKED]],
  ])(
    '%s ends as the one that nobody killed',
    { timeout: 240_000 },
    async (experiment, settings) => {
      const [calm, killed] = [temporaryFolder(), temporaryFolder()];
      const args = ['run', manifestOf(experiment), '--profile', 'smoke', '--seed', '0'];
      const all = [...args, '--checkpoint-every', '1', ...settings];
      expect(await archerRun(all, calm, false)).toMatchObject({ code: 0, err: '' });
      let kills = 0;
      for (; kills < ENDLESS; kills++) {
        const end = await archerRun(all, killed, true);
        if (end.signal === null) {
          expect(end).toMatchObject({ code: 0, err: '' });
          break;
        }
        expect(end.signal).toBe('SIGKILL');
      }
      const { science } = outcomeOf(calm);
      const steps = science.filter(({ job, event }) => job === 'search' && event === 'step');
      expect(kills, 'kills').toBeGreaterThanOrEqual(steps.length);
      expect(outcomeOf(killed)).toStrictEqual(outcomeOf(calm));
    },
  );
});

describe('R10 a run that began with one thread', () => {
  it.skipIf(!existsSync(ADDON))(
    'and goes on with two ends as the one that had one all the time',
    { timeout: 240_000 },
    async () => {
      const [calm, killed] = [temporaryFolder(), temporaryFolder()];
      const args = ['run', manifestOf('spos-nb201'), '--profile', 'smoke', '--seed', '0'];
      const native = ['--engine', 'native', '--checkpoint-every', '1', '--set', 'study=[]'];
      const all = [...args, ...native, ...TRAINED];
      expect(await archerRun([...all, '--threads', '1'], calm, false)).toMatchObject({ code: 0 });
      const first = await archerRun([...all, '--threads', '1'], killed, true);
      expect(first.signal).toBe('SIGKILL');
      const second = await archerRun([...all, '--threads', '2'], killed, false);
      expect(second).toMatchObject({ code: 0, err: '' });
      expect(second.out).toMatch(/engine: native .*, 2 threads/);
      expect(outcomeOf(killed)).toStrictEqual(outcomeOf(calm));
    },
  );
});
