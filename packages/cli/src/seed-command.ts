import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ArcherError, EXIT, isSecretSetting, NO_PROFILE } from '@archer-nas/core';
import type { RunOptions } from '@archer-nas/runtime';

/** The command that npm links, which finds what is built. */
const PROGRAM = fileURLToPath(new URL('../bin/archer.js', import.meta.url));

/** Settings that no command line shows: JSON, a list of what `--set` takes. */
const SETTINGS_VARIABLE = 'ARCHER_SETTINGS';

/** Options of a run whose manifest is a file. */
export type FileRun = RunOptions & { readonly manifest: string };

/** Options of a run of a manifest file, with the commands of its seeds for launchers. */
export function withCommand(options: FileRun): RunOptions {
  const { settings = [] } = options;
  const seedOf = (shown: FileRun) => (seed: number) => seedCommand(shown, seed);
  if (!settings.some(isSecretSetting)) return { ...options, seedCommand: seedOf(options) };
  // All of them, as a later one may change what an earlier one said.
  const seedEnvironment = { [SETTINGS_VARIABLE]: JSON.stringify(settings) };
  return { ...options, seedCommand: seedOf({ ...options, settings: [] }), seedEnvironment };
}

/** The settings that `ARCHER_SETTINGS` holds; the processes that this one starts get none of it. */
export function takeSettings(env: NodeJS.ProcessEnv = process.env): readonly string[] {
  const text = env[SETTINGS_VARIABLE];
  delete env[SETTINGS_VARIABLE];
  if (text === undefined || text === '') return [];
  const settings = jsonOf(text);
  if (Array.isArray(settings) && settings.every((one) => typeof one === 'string')) return settings;
  throw new ArcherError('ARCHER_SETTING', `${SETTINGS_VARIABLE} is no JSON list of settings.`, {
    hint: `For example ${SETTINGS_VARIABLE}='["strategy.epochs=20"]'.`,
    exit: EXIT.usage,
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The command line that runs one seed as these options would, in its own process: the inverse of
 * how `archer run` reads its options. Time and restarts are the launching process's business.
 */
function seedCommand(options: FileRun, seed: number): readonly [string, ...string[]] {
  const { profile, point, settings = [], out, dataFolder } = options;
  const { engine, isa, precision, attempt, acceptDrift, checkpointEvery } = options;
  const words = ['run', resolve(options.manifest), '--profile', profile ?? NO_PROFILE];
  const add = (option: string, value: string | number | undefined): void => {
    if (value !== undefined) words.push(option, String(value));
  };
  add('--point', point);
  add('--seed', seed);
  for (const setting of settings) add('--set', setting);
  add('--out', out && resolve(out));
  add('--data', dataFolder && resolve(dataFolder));
  add('--engine', engine);
  add('--isa', isa);
  add('--precision', precision);
  add('--checkpoint-every', checkpointEvery);
  if (attempt === 'new') words.push('--new-attempt');
  if (acceptDrift) words.push('--accept-drift');
  return [process.execPath, ...heapFlags(), PROGRAM, ...words, '--launcher', 'none', '--no-report'];
}

/** `--max-old-space-size=8192` and its like: what this process was given, the others need too. */
function heapFlags(): string[] {
  return process.execArgv.filter((flag) => flag.startsWith('--max-'));
}
