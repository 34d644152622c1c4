import { parseDuration, type RunOptions } from '@archer-nas/runtime';
import type { Options } from 'yargs';
import { exhibitionOf } from '../exhibition.ts';
import { wholeNumber } from '../number-options.ts';

/** Options that `run` and `resume` share. */
export const runOptions = {
  engine: {
    type: 'string',
    describe: 'auto, tensorflow-gpu, webgpu, native, native-wasm, tensorflow, wasm or js',
  },
  isa: {
    type: 'string',
    describe: "The engine's instruction-set path: avx512, avx2, sse2 or neon of native",
  },
  precision: { type: 'string', choices: ['f32', 'bf16'], describe: 'f32 otherwise' },
  threads: {
    type: 'string',
    describe: 'At most so many, all processes together; what the engine finds best otherwise',
  },
  data: { type: 'string', describe: 'Data folder; ARCHER_DATA or ~/.cache/archer otherwise' },
  'max-time': { type: 'string', describe: 'Stop with a checkpoint after 90s, 45m, 1h30m' },
  'accept-drift': {
    type: 'boolean',
    default: false,
    describe: 'Resume although something changed, and write down what',
  },
  'checkpoint-every': { type: 'string', describe: 'Also checkpoint after every so many steps' },
} as const satisfies Record<string, Options>;

/** Options of the commands that run several seeds. */
export const launchOptions = {
  launcher: {
    type: 'string',
    describe: "Where seeds run: local, or none for this process; the manifest's otherwise",
  },
  processes: { type: 'string', describe: 'Seeds at once, each in a process of its own' },
} as const satisfies Record<string, Options>;

/** Their parsed values. */
export interface LaunchArguments {
  launcher?: string;
  processes?: string;
}

/** Of commands that take one manifest. */
export const outOption = {
  type: 'string',
  describe:
    'Folder of results; otherwise results/ beside manifest.yaml, results/FILE beside FILE.yaml',
} as const satisfies Options;

/** The same as the runtime takes them. @throws ArcherError `ARCHER_USAGE` */
export function launchSettings({ launcher, processes }: LaunchArguments) {
  return {
    launcher,
    processes: processes === undefined ? undefined : wholeNumber('--processes', 1, processes),
  };
}

/** Parsed values of those that ask for an engine. */
export interface EngineArguments {
  engine?: string;
  isa?: string;
  precision?: 'f32' | 'bf16';
  threads?: string;
}

/** The same as the runtime takes them. @throws ArcherError `ARCHER_USAGE` */
export function engineSettings({ engine, isa, precision, threads }: EngineArguments) {
  return {
    ...{ engine, isa, precision },
    threads: threads === undefined ? undefined : wholeNumber('--threads', 1, threads),
  };
}

/** Their parsed values. */
export interface RunArguments extends EngineArguments {
  data?: string;
  maxTime?: string;
  acceptDrift: boolean;
  checkpointEvery?: string;
}

/** The same as the runtime takes them. @throws ArcherError `ARCHER_USAGE` */
export function runSettings({ data, checkpointEvery, ...rest }: RunArguments): RunOptionsHere {
  return {
    ...engineSettings(rest),
    acceptDrift: rest.acceptDrift,
    // Seconds: a wrong duration is refused before an engine starts.
    maxTime: rest.maxTime === undefined ? undefined : parseDuration(rest.maxTime) / 1000,
    dataFolder: data,
    exhibit: exhibitionOf,
    checkpointEvery:
      checkpointEvery === undefined
        ? undefined
        : wholeNumber('--checkpoint-every', 1, checkpointEvery),
  };
}

type RunOptionsHere = Omit<RunOptions, 'manifest'>;
