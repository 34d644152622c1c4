import type { Options } from 'yargs';

/** Options that `run` and `resume` share. */
export const runOptions = {
  engine: { type: 'string', describe: 'auto, tensorflow-gpu, native, tensorflow, wasm or js' },
  data: { type: 'string', describe: 'Data folder; ARCHER_DATA or ~/.cache/archer otherwise' },
  'max-time': { type: 'string', describe: 'Stop with a checkpoint after 90s, 45m, 1h30m' },
  'accept-drift': {
    type: 'boolean',
    default: false,
    describe: 'Resume although something changed; the changes are journalled',
  },
  'checkpoint-every': { type: 'number', describe: 'Also checkpoint after every so many steps' },
} as const satisfies Record<string, Options>;

/** Their parsed values. */
export interface RunArguments {
  engine?: string;
  data?: string;
  maxTime?: string;
  acceptDrift: boolean;
  checkpointEvery?: number;
}
