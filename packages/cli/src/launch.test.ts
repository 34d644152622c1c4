import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '@archer-nas/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { archer, makeFolder, manifestOf, start, temporaryFolder } from '../test/archer.ts';
import { deaths, letDie } from '../test/mortal-plugin.ts';
import {
  outcomes,
  SLOW,
  savedAt,
  seedOf,
  stepsIn,
  toyExperiment,
  untilGone,
  untilSteps,
  workerOf,
} from '../test/toy-experiment.ts';

/** Each starts some processes, each of which imports the command line. */
const TIMEOUT_MS = 120_000;
/** Where the engine native is built. */
const ADDON = fileURLToPath(new URL('../../engine-native/build/archer.node', import.meta.url));
const SEEDS = [0, 1, 2];
const TWO = [0, 1];

/** What nobody interrupted, in one process. */
const here = makeFolder();
let truth: ReturnType<typeof outcomes>;
let slowTruth: ReturnType<typeof outcomes>;
beforeAll(async () => {
  const inOneProcess = async (name: string, changes: object = {}) => {
    const out = join(here, name);
    expect((await archer('run', toyExperiment(here, changes), '--out', out)).code).toBe(0);
    return outcomes(out, SEEDS);
  };
  truth = await inOneProcess('quick');
  slowTruth = await inOneProcess('slow', { strategy: SLOW });
}, TIMEOUT_MS);
afterAll(() => rmSync(here, { recursive: true, force: true }));

/** Changes of the toy's manifest, and the seeds to run. */
type Experiment = Readonly<Record<string, unknown>> & { readonly seeds?: readonly number[] };

/** A folder with an experiment, and the command that runs it in a pool. */
function experiment({ seeds = SEEDS, ...changes }: Experiment = {}) {
  const folder = temporaryFolder();
  const launcher = { use: 'local', processes: 3, retries: 2 };
  const manifest = toyExperiment(folder, { launcher, ...changes });
  const out = join(folder, 'results', 'toy');
  const command = ['run', manifest, '--checkpoint-every', '2', '--seed', ...seeds.map(String)];
  return { folder, manifest, out, command, seeds: seeds.map((seed) => seedOf(out, seed)) };
}

/** Interrupts a pool at work, and checks that all of it has ended in order. */
async function interrupt(
  command: readonly string[],
  seeds: readonly string[],
  signal: NodeJS.Signals,
): Promise<void> {
  // In a group of its own, all of which gets the signal, as from Ctrl-C or a closed terminal.
  const child = start(command, { detached: true });
  await untilSteps(seeds, 2);
  const workers = seeds.map(workerOf);
  process.kill(-(child.process.pid as number), signal);
  const said = await child.said;
  expect(said.code).toBe(130);
  expect(said.err).toContain('Go on with the same command.');
  expect(await untilGone(workers, 0)).toBe(true);
  expect(seeds.map(savedAt)).toStrictEqual(seeds.map(stepsIn));
}

describe('R10 seeds in a pool of processes', () => {
  it.each(['1', '3'])(
    'give the same as in one process, bit for bit: --processes %s',
    async (processes) => {
      const { out, command } = experiment({ launcher: null });
      const said = await start([...command, '--processes', processes]).said;
      expect(said).toMatchObject({ code: 0, err: '' });
      expect(outcomes(out, SEEDS)).toStrictEqual(truth);
      expect(said.out).toMatch(/^launcher: \d process(es)? at once/m);
      expect(said.out).toMatch(/^seed 2 \| search: 5\/5 rounds/m);
      expect(said.out.match(/^best architectures$/gm)).toHaveLength(3);
      expect(said.out).toMatch(/^over seeds$/m);
    },
    TIMEOUT_MS,
  );
});

describe('R14 a process of a pool that is killed', () => {
  it(
    'is started again and ends as if it had not been; after its retries its seed failed, and no other',
    async () => {
      const { folder, out, command, seeds } = experiment();
      letDie(folder, {
        0: { by: 'SIGKILL', times: 1 },
        1: { by: 'exit 137', times: 2 },
        2: { by: 'SIGKILL', times: 9 },
      });
      const said = await start(command).said;
      expect(said.code).toBe(1);
      expect([0, 1, 2].map((seed) => deaths(folder, seed))).toStrictEqual([1, 2, 3]);
      expect(outcomes(out, [0, 1])).toStrictEqual(truth.slice(0, 2));
      expect(said.err).toMatch(/^warning: seed 0: killed by SIGKILL.*; it is started again$/m);
      expect(said.err).toContain('1 of 3 seeds failed:');
      expect(said.err).toMatch(/^ {2}seed 2, 3 times started: killed by SIGKILL/m);
      expect(existsSync(join(seeds[2] as string, 'result.json'))).toBe(false);

      letDie(folder, {});
      const again = await start([...command, '--json']).said;
      expect(JSON.parse(again.out)).toMatchObject({ status: 'finished', exitCode: 0, failed: [] });
      expect(outcomes(out, SEEDS)).toStrictEqual(truth);
    },
    TIMEOUT_MS,
  );

  it(
    'in the middle of its search loses no more than the steps since its checkpoint',
    async () => {
      const { out, command, seeds } = experiment({ strategy: SLOW, seeds: [0] });
      const child = start(command);
      await untilSteps([seeds[0] as string], 20);
      process.kill(workerOf(seeds[0] as string), 'SIGKILL');
      const said = await child.said;
      expect(said.code).toBe(0);
      expect(said.out).toContain('seed 0 | seed 0, resumed: ');
      expect(outcomes(out, [0])).toStrictEqual(slowTruth.slice(0, 1));
    },
    TIMEOUT_MS,
  );

  it(
    'is told from one that gave up: drift is not tried again, and stops no other seed',
    async () => {
      const { manifest, out, command } = experiment({ seeds: [0] });
      expect((await archer(...command, '--launcher', 'none')).code).toBe(0);
      const other = ['--seed', '0', '1', '--set', 'strategy.rounds=6'];
      const said = await start(['run', manifest, ...other]).said;
      expect(said.code).toBe(4);
      expect(said.err).toMatch(/^ {2}seed 0: exit code 4: .*began under other conditions/m);
      expect(said.err).not.toContain('started again');
      expect(existsSync(join(seedOf(out, 1), 'result.json'))).toBe(true);
    },
    TIMEOUT_MS,
  );
});

describe('R15 processes of a pool whose parent is killed', () => {
  it(
    'stop by themselves with a checkpoint, and the same command goes on',
    async () => {
      const { out, command, seeds } = experiment({ strategy: SLOW, seeds: TWO });
      const child = start(command);
      await untilSteps(seeds, 5);
      const workers = seeds.map(workerOf);
      child.process.kill('SIGKILL');
      expect(await untilGone(workers)).toBe(true);
      expect(seeds.map((folder) => existsSync(join(folder, 'lock')))).toEqual(
        seeds.map(() => false),
      );
      const steps = seeds.map(stepsIn);
      expect(seeds.map(savedAt)).toStrictEqual(steps);
      expect(Math.max(...steps)).toBeLessThan(SLOW.rounds);

      const again = await start(command).said;
      expect(again.code).toBe(0);
      expect(outcomes(out, TWO)).toStrictEqual(slowTruth.slice(0, 2));
    },
    TIMEOUT_MS,
  );
});

describe('R12 R13 a pool that is interrupted', () => {
  it.each(['SIGINT', 'SIGHUP'] as const)(
    'by %s ends with a checkpoint of each seed and exit code 130',
    async (signal) => {
      // Steps so long that a second signal would find the process in the same one.
      const strategy = { ...SLOW, stepMs: 500 };
      const { manifest, seeds } = experiment({ strategy, seeds: TWO });
      await interrupt(['run', manifest, '--seed', '0', '1'], seeds, signal);
    },
    TIMEOUT_MS,
  );

  it(
    'twice leaves at once, and leaves nobody behind',
    async () => {
      const steps = { use: 'toy-climb', rounds: 4, stepMs: 60_000 };
      const { command, seeds } = experiment({ strategy: steps, seeds: TWO });
      const child = start(command, { detached: true });
      while (!seeds.every((folder) => existsSync(join(folder, 'journal.jsonl')))) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      const workers = seeds.map(workerOf);
      child.process.kill('SIGINT');
      const again = setInterval(() => child.process.kill('SIGINT'), 100);
      expect((await child.said).code).toBe(130);
      clearInterval(again);
      expect(await untilGone(workers)).toBe(true);
    },
    TIMEOUT_MS,
  );

  it(
    'by --max-time ends with exit code 75, every seed with a checkpoint',
    async () => {
      const strategy = { ...SLOW, rounds: 100_000 };
      const { command, seeds } = experiment({ strategy, seeds: TWO });
      const said = await start([...command, '--max-time', '5s']).said;
      expect(said.code).toBe(75);
      expect(said.err).toContain('The time is up; nothing is lost.');
      const begun = seeds.filter((folder) => existsSync(folder));
      expect(begun.map(savedAt)).toStrictEqual(begun.map(stepsIn));
    },
    TIMEOUT_MS,
  );
});

describe('R16 a pool that is preempted', () => {
  it(
    'goes on with the same command, or a seed of it with `archer resume`, as if it had not been',
    async () => {
      const { out, command, seeds } = experiment({ strategy: SLOW, seeds: TWO });
      await interrupt(command, seeds, 'SIGTERM');
      expect((await archer('resume', seeds[0] as string)).code).toBe(0);
      const again = await start(command).said;
      expect(again.code).toBe(0);
      expect(again.out.match(/seed \d, resumed/g)).toStrictEqual(['seed 1, resumed']);
      expect(outcomes(out, TWO)).toStrictEqual(slowTruth.slice(0, 2));
    },
    TIMEOUT_MS,
  );
});

describe('R19 a process of a pool whose heap is full', () => {
  it(
    'is told from others and goes on; when its retries are over, the reason says what to do',
    async () => {
      const { folder, out, command } = experiment({ seeds: TWO });
      letDie(folder, { 0: { by: 'heap', times: 1 }, 1: { by: 'heap', times: 3 } });
      const env = { ...process.env, NODE_OPTIONS: '--max-old-space-size=96' };
      const said = await start(command, { env }).said;
      expect(said.code).toBe(1);
      expect(said.err).toMatch(/^warning: seed 0: out of memory: the heap of Node.js is full/m);
      expect(said.err).toMatch(
        /^ {2}seed 1, 3 times started: out of memory: .*--max-old-space-size/m,
      );
      expect(outcomes(out, [0])).toStrictEqual(truth.slice(0, 1));
    },
    TIMEOUT_MS,
  );
});

describe('threads', () => {
  it.skipIf(!existsSync(ADDON))(
    'are shared by the processes of a pool',
    async () => {
      const out = join(temporaryFolder(), 'results');
      const small = ['--profile', 'smoke', '--set', 'study=[]', '--set', 'strategy.evaluations=1'];
      const pool = ['--seed', '0', '1', '--processes', '2', '--engine', 'native', '--threads', '2'];
      const args = ['run', manifestOf('random-nb201'), '--out', out, ...small, ...pool];
      const { ARCHER_ENGINE: _, ...env } = process.env;
      const said = await start(args, { env }).said;
      expect(said.code).toBe(0);
      const engines = said.out.match(/^seed \d \| engine: native .*, 1 thread\b/gm);
      expect(engines).toHaveLength(2);
    },
    TIMEOUT_MS,
  );
});

describe('a launcher', () => {
  it('that is not installed is named, with the nearest one', async () => {
    const { command } = experiment();
    const said = await archer(...command, '--launcher', 'locla');
    expect(said).toMatchObject({ code: 3, out: '' });
    expect(said.err).toContain('Did you mean "local"?');
  });

  it('takes the options that it has, and others not', async () => {
    const { command } = experiment();
    const said = await archer(...command, '--set', 'launcher.proceses=2');
    expect(said.code).toBe(3);
    expect(said.err).toContain('Did you mean "processes"?');
    expect((await archer(...command, '--processes', '0')).code).toBe(2);
    const none = await archer(...command, '--launcher', 'none', '--processes', '2');
    expect(none.code).toBe(2);
  });

  it('is left out by --launcher none', async () => {
    const { command, out } = experiment({ seeds: [0] });
    const said = await archer(...command, '--launcher', 'none');
    expect(said.code).toBe(0);
    expect(said.out).not.toContain('launcher: ');
    expect(outcomes(out, [0])).toStrictEqual(truth.slice(0, 1));
  });

  it('needs a command when a program runs the manifest', async () => {
    const { manifest } = experiment();
    await expect(run({ manifest })).rejects.toMatchObject({
      ...{ code: 'ARCHER_LAUNCHER', exit: 2 },
      hint: expect.stringContaining('seedCommand'),
    });
  });

  it(
    'begins every seed again with --restart, once',
    async () => {
      const { folder, out, command, seeds } = experiment({ seeds: [0] });
      expect((await archer(...command, '--launcher', 'none')).code).toBe(0);
      const journal = readFileSync(join(seeds[0] as string, 'journal.jsonl'), 'utf8');
      const leftover = join(seeds[0] as string, 'tables', 'leftover.csv');
      mkdirSync(dirname(leftover), { recursive: true });
      writeFileSync(leftover, '');
      letDie(folder, { 0: { by: 'SIGKILL', times: 1 } });
      const said = await start([...command, '--restart']).said;
      expect(said.code).toBe(0);
      expect(said.out).toContain('seed 0 | seed 0, resumed');
      expect(existsSync(leftover)).toBe(false);
      expect(readFileSync(join(seeds[0] as string, 'journal.jsonl'), 'utf8')).not.toBe(journal);
      expect(outcomes(out, [0])).toStrictEqual(truth.slice(0, 1));
    },
    TIMEOUT_MS,
  );

  it(
    'leaves what is there where a seed cannot begin again with --restart',
    async () => {
      const { out, command } = experiment({ seeds: [0] });
      expect((await archer(...command, '--launcher', 'none')).code).toBe(0);
      const said = await start([...command, '--restart', '--set', 'from={run: ./nowhere}']).said;
      expect(said.code).toBe(3);
      expect(said.err).toMatch(/^ {2}seed 0: exit code 3: .*nowhere.* is no run/m);
      expect(outcomes(out, [0])).toStrictEqual(truth.slice(0, 1));
    },
    TIMEOUT_MS,
  );
});
