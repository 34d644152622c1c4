import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { RunOptions } from '@archer-nas/runtime';
import { expect, it } from 'vitest';
import { type FileRun, withCommand } from './seed-command.ts';

/** The words of a seed's process after the program's. */
function words(options: FileRun, seed = 3): readonly string[] {
  const [node, ...rest] = withCommand(options).seedCommand?.(seed) ?? [];
  const at = rest.findIndex((word) => word.endsWith('archer.js'));
  expect(node).toBe(process.execPath);
  expect(existsSync(rest[at] as string)).toBe(true);
  return rest.slice(at + 1);
}

/**
 * Every option with the words that pass it on, or why there are none. An option that `run` gets
 * in future must be added here, so that nobody forgets the processes of a pool.
 */
const OPTIONS: Record<keyof RunOptions, readonly [value: unknown, words: readonly string[]]> = {
  manifest: ['/m/a b.yaml', []], // in every command
  profile: ['smoke', ['--profile', 'smoke']],
  point: ['batch-64', ['--point', 'batch-64']],
  settings: [
    ['a.b=1', 'c=[x, y]'],
    ['--set', 'a.b=1', '--set', 'c=[x, y]'],
  ],
  out: ['out', ['--out', join(process.cwd(), 'out')]],
  dataFolder: ['data', ['--data', join(process.cwd(), 'data')]],
  engine: ['native', ['--engine', 'native']],
  isa: ['avx2', ['--isa', 'avx2']],
  precision: ['bf16', ['--precision', 'bf16']],
  checkpointEvery: [7, ['--checkpoint-every', '7']],
  acceptDrift: [true, ['--accept-drift']],
  attempt: ['new', ['--new-attempt']],
  // The launching process sees to these.
  seeds: [[1, 2], []],
  launcher: ['local', []],
  processes: [2, []],
  threads: [4, []], // shared out through ARCHER_THREADS
  extend: [true, []], // has no launcher
  maxTime: [60, []],
  restart: [true, []],
  signal: [AbortSignal.abort(), []],
  onEvent: [() => {}, []],
  seedCommand: [() => ['x'], []],
  seedEnvironment: [{ X: 'y' }, []],
  exhibit: [async () => ({}), []], // every process makes its own
  // Not to be had on the command line.
  folder: ['/f', []],
  lookup: [async () => undefined, []],
  checkpointMs: [1, []],
};

const PLAIN = ['run', '/m/a b.yaml', '--profile', 'base', '--seed', '3'];
const ALONE = ['--launcher', 'none', '--no-report'];

it('a seed of a run with no options has its manifest as it stands', () => {
  expect(words({ manifest: '/m/a b.yaml' })).toStrictEqual([...PLAIN, ...ALONE]);
});

it.each(Object.entries(OPTIONS))(
  '%s: the process of a seed is told what it must know of it',
  (option, row) => {
    const [value, expected] = row;
    const said = words({ manifest: '/m/a b.yaml', [option]: value } as FileRun);
    const rest = PLAIN.includes(expected[0] ?? '') ? PLAIN.toSpliced(2, 2) : PLAIN;
    expect([...said].sort()).toStrictEqual([...rest, ...expected, ...ALONE].sort());
    for (const [i, word] of expected.entries()) {
      if (!word.startsWith('--')) expect(said[said.indexOf(word) - 1]).toBe(expected[i - 1]);
    }
  },
);
