import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { JournalLine, Manifest, Plugin, PluginLookup } from '@archer-nas/core';
import { lookupAmong, toyBits, toyClimb, toyOnes } from '@archer-nas/testkit';
import { scienceLines } from '../src/journal-reader.ts';
import { readRun } from '../src/read-run.ts';
import { type RunOptions, type RunSummary, run } from '../src/run.ts';
import { toyCount } from './toy-count.mjs';

/** The toys, and what a test adds to them. */
// biome-ignore lint/suspicious/noExplicitAny: plugins of all options
export function toyLookup(...more: readonly Plugin<any, any>[]): PluginLookup {
  return lookupAmong([...more, toyBits, toyOnes, toyClimb, toyCount]);
}

/** A hill climb of `rounds` rounds that is asked every two, and once at the end. */
export function toyManifest(changes: Partial<Manifest> = {}): Manifest {
  return {
    name: 'toy',
    seeds: [0],
    space: { use: 'toy-bits', bits: 8 },
    evaluator: { use: 'toy-ones', noise: 0.5 },
    strategy: { use: 'toy-climb', rounds: 5 },
    study: [
      { use: 'toy-count', every: 2, steps: 2 },
      { use: 'toy-count', steps: 3 },
    ],
    profiles: {},
    expect: [],
    tracker: null,
    ...changes,
  };
}

/** Runs the toys in `out`. */
export function runToys(out: string, options: Partial<RunOptions> = {}): Promise<RunSummary> {
  return run({ manifest: toyManifest(), lookup: toyLookup(), out, dataFolder: out, ...options });
}

/** The run folder of a seed without profile. */
export function toyFolder(out: string, seed = 0): string {
  return join(out, 'default', `seed-${seed}`);
}

/** What must be the same, byte for byte, however often a run was interrupted. */
export interface Outcome {
  readonly science: readonly JournalLine[];
  readonly result: string;
  readonly tables: Readonly<Record<string, string>>;
  /** The last checkpoint of each job: its header, and its arrays in hexadecimal. */
  readonly checkpoints: Readonly<Record<string, readonly [string, string]>>;
}

/** Reads the {@link Outcome} of a finished run. */
export function outcome(folder: string): Outcome {
  const { lines } = readRun(folder);
  const text = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const tables = readdirSync(join(folder, 'tables')).sort();
  return {
    science: scienceLines(lines),
    result: text('result.json'),
    tables: Object.fromEntries(tables.map((name) => [name, text(join('tables', name))])),
    checkpoints: { search: lastCheckpoint(folder, 'search') },
  };
}

/** The files of a job's last checkpoint. */
export function lastCheckpoint(folder: string, job: string): readonly [string, string] {
  const numbers = readdirSync(join(folder, 'checkpoints'))
    .filter((name) => name.replace(/-\d+$/, '') === job)
    .map((name) => Number(name.slice(job.length + 1)));
  const last = join(folder, 'checkpoints', `${job}-${Math.max(...numbers)}`);
  const hex = readFileSync(join(last, 'arrays.bin')).toString('hex');
  return [readFileSync(join(last, 'header.json'), 'utf8'), hex];
}

/**
 * Copies a run folder as a killed process leaves it: what has been written is there, the lock
 * names a process that is gone.
 */
export function crashImage(folder: string, into: string): string {
  const image = toyFolder(into);
  cpSync(folder, image, { recursive: true });
  if (existsSync(join(image, 'lock'))) rmSync(join(image, 'lock'));
  return image;
}
