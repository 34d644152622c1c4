import { EXIT } from '@archer-nas/core';
import { dryRun, run as runManifest } from '@archer-nas/runtime';
import { chosenProfile, PROFILE_HELP } from '../chosen-profile.ts';
import { dryRunText, dryRunValue } from '../dry-run-text.ts';
import { type Followed, follow } from '../follow.ts';
import { type FileRun, withCommand } from '../seed-command.ts';
import type { Command } from './command.ts';
import {
  type LaunchArguments,
  launchOptions,
  launchSettings,
  outOption,
  type RunArguments,
  runOptions,
  runSettings,
} from './run-options.ts';
import { type VariationArguments, variation, variationOptions } from './variation-options.ts';

interface Arguments extends RunArguments, LaunchArguments, VariationArguments {
  manifest: string;
  profile?: string;
  point?: string;
  out?: string;
  restart: boolean;
  newAttempt: boolean;
  dryRun: boolean;
  noReport: boolean;
}

/** `archer run`: runs a manifest, or goes on with it. */
export const run: Command<Arguments> = {
  command: 'run <manifest>',
  describe: 'Run a manifest; the same command again resumes it',
  builder: {
    manifest: { type: 'string', describe: 'YAML or JSON file' },
    profile: { type: 'string', describe: PROFILE_HELP },
    point: { type: 'string', describe: "One point of the manifest's sweep" },
    ...variationOptions,
    out: outOption,
    restart: { type: 'boolean', default: false, describe: 'Delete what is there and begin again' },
    'new-attempt': {
      type: 'boolean',
      default: false,
      describe: 'Run finished seeds once more, each in a folder of its own',
    },
    'dry-run': {
      type: 'boolean',
      default: false,
      describe: 'Check everything, estimate time and disk, write nothing',
    },
    ...launchOptions,
    'no-report': {
      type: 'boolean',
      default: false,
      describe: 'Only progress, no tables at the end',
    },
    ...runOptions,
  },
  examples: [
    ['run manifest.yaml --profile smoke', 'one profile'],
    ['run manifest.yaml --seed 0 1', 'two seeds'],
    ['run manifest.yaml --set data.batch=64', 'another value'],
    ['run manifest.yaml --processes 3', 'seeds side by side'],
    ['run manifest.yaml --max-time 8h', 'stop in time; the same again goes on'],
    ['run manifest.yaml --dry-run', 'only check and estimate'],
  ],
  async run(
    { manifest, profile, point, seed, set, out, restart, dryRun: dry, noReport, ...rest },
    output,
  ) {
    const options: FileRun = {
      ...runSettings(rest),
      ...launchSettings(rest),
      ...variation({ set, seed }),
      ...{ manifest, point, out, restart, attempt: rest.newAttempt ? 'new' : undefined },
      profile: chosenProfile(manifest, profile),
    };
    if (!dry) {
      const start = (followed: Followed) => runManifest({ ...withCommand(options), ...followed });
      return follow(start, output, { report: !noReport });
    }
    const estimate = await dryRun({
      ...options,
      onEvent: (e) => e.type === 'log' && output.note(e.line),
    });
    output.line(dryRunText(estimate, output));
    output.value(dryRunValue(estimate));
    return EXIT.ok;
  },
};
