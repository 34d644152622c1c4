import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { readRun, scienceLines } from '@archer-nas/runtime';
import { installMortal } from './mortal-plugin.ts';

/** Slow enough to be interrupted, also where one of two processes starts seconds after the other. */
export const SLOW = { use: 'toy-climb', rounds: 100, stepMs: 60 };

/** Writes an experiment of toys into a folder. @returns its manifest */
export function toyExperiment(folder: string, changes: object = {}): string {
  installMortal(folder);
  const file = join(folder, 'toy.yaml');
  const manifest = {
    ...{ name: 'toy', seeds: [0, 1, 2] },
    space: { use: 'toy-bits', bits: 8 },
    evaluator: { use: 'toy-ones', noise: 0.5 },
    strategy: { use: 'toy-climb', rounds: 5 },
    study: [{ mortal: {} }],
    tracker: null,
  };
  writeFileSync(file, JSON.stringify({ ...manifest, ...changes }));
  return file;
}

/** The run folder of a seed. */
export const seedOf = (out: string, seed: number): string => join(out, 'default', `seed-${seed}`);

/** What must be the same, bit for bit, wherever and however often a seed's process was started. */
export function outcomes(out: string, seeds: readonly number[]) {
  return seeds.map((seed) => {
    const folder = seedOf(out, seed);
    return {
      science: scienceLines(readRun(folder).lines),
      result: readFileSync(join(folder, 'result.json'), 'utf8'),
      manifest: readFileSync(join(folder, 'manifest.json'), 'utf8'),
      checkpoint: lastCheckpoint(folder),
    };
  });
}

/** The arrays of the search's last checkpoint. */
function lastCheckpoint(folder: string): string {
  const root = join(folder, 'checkpoints');
  const numbers = readdirSync(root)
    .filter((name) => name.startsWith('search-'))
    .map((name) => Number(name.slice('search-'.length)));
  return readFileSync(join(root, `search-${Math.max(...numbers)}`, 'arrays.bin')).toString('hex');
}

/** Steps of the search that a run folder has. */
export function stepsIn(folder: string): number {
  if (!existsSync(join(folder, 'journal.jsonl'))) return 0;
  const { lines } = readRun(folder);
  return lines.filter(({ kind, job, event }) => {
    return kind === 'science' && job === 'search' && event === 'step';
  }).length;
}

/** The last checkpoint line of a run folder: where a run that stopped in order stands. */
export function savedAt(folder: string): number | undefined {
  return readRun(folder).lines.findLast(({ event }) => event === 'checkpoint')?.at;
}

/** The process that works in a run folder. */
export function workerOf(folder: string): number {
  return JSON.parse(readFileSync(join(folder, 'lock'), 'utf8')).pid as number;
}

/** Waits until every one of these run folders has so many steps. */
export async function untilSteps(folders: readonly string[], steps: number): Promise<void> {
  while (!folders.every((folder) => stepsIn(folder) >= steps)) await wait(20);
}

/** Waits until none of these processes runs any more; false after a while. */
export async function untilGone(pids: readonly number[], seconds = 20): Promise<boolean> {
  const endMs = performance.now() + seconds * 1000;
  while (pids.some(isAlive)) {
    if (performance.now() > endMs) return false;
    await wait(20);
  }
  return true;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
