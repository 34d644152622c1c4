import { existsSync, readFileSync } from 'node:fs';
import { parseManifest } from '@archer-nas/core';
import { dryRun, type RunOptions, run as runManifest } from '@archer-nas/runtime';
import { dryRunText, dryRunValue } from '../dry-run-text.ts';
import { follow } from '../follow.ts';
import type { Command } from './command.ts';
import { type RunArguments, runOptions } from './run-options.ts';

interface Arguments extends RunArguments {
  manifest: string;
  profile?: string;
  set: string[];
  seed?: number[];
  out?: string;
  restart: boolean;
  dryRun: boolean;
}

/** The profile that a run without `--profile` takes, where a manifest has it. */
const DEFAULT_PROFILE = 'quick';
/** `--profile base`: the manifest as it stands. */
const NO_PROFILE = 'base';

/** `archer run`: runs a manifest, or goes on with it. */
export const run: Command<Arguments> = {
  command: 'run <manifest>',
  describe: 'Run a manifest; the same command again resumes it',
  builder: {
    manifest: { type: 'string', describe: 'YAML or JSON file' },
    profile: {
      type: 'string',
      describe: `One of the manifest's profiles; "${DEFAULT_PROFILE}" where there is one, "${NO_PROFILE}" for none`,
    },
    set: { type: 'string', array: true, default: [], describe: 'strategy.epochs=20; repeatable' },
    seed: { type: 'number', array: true, describe: "Instead of the manifest's seeds" },
    out: { type: 'string', describe: 'Folder of results; "results" beside the manifest otherwise' },
    restart: { type: 'boolean', default: false, describe: 'Delete what is there and begin again' },
    'dry-run': {
      type: 'boolean',
      default: false,
      describe: 'Resolve and check everything, estimate time and disk, write nothing',
    },
    ...runOptions,
  },
  async run({ manifest, seed, set, data, dryRun: dry, ...rest }, output) {
    const options: RunOptions = {
      ...rest,
      manifest,
      profile: chosenProfile(manifest, rest.profile),
      settings: set,
      seeds: seed,
      dataFolder: data,
    };
    if (!dry) return follow((followed) => runManifest({ ...options, ...followed }), output);
    const estimate = await dryRun({
      ...options,
      onEvent: (e) => e.type === 'log' && output.note(e.line),
    });
    output.line(dryRunText(estimate, output));
    output.value(dryRunValue(estimate));
    return 0;
  },
};

function chosenProfile(manifest: string, given: string | undefined): string | undefined {
  if (given !== undefined) return given === NO_PROFILE ? undefined : given;
  if (!existsSync(manifest)) return undefined; // the run says so
  const { profiles } = parseManifest(readFileSync(manifest, 'utf8'), manifest);
  return Object.hasOwn(profiles, DEFAULT_PROFILE) ? DEFAULT_PROFILE : undefined;
}
