import { extend as extendRun } from '@archer-nas/runtime';
import { follow } from '../follow.ts';
import type { Command } from './command.ts';
import { type RunArguments, runOptions, runSettings } from './run-options.ts';
import { variationOptions } from './variation-options.ts';

/** `archer extend`: lets a finished run go on with a larger budget. */
export const extend: Command<RunArguments & { run: string; set: string[] }> = {
  command: 'extend <run>',
  describe: 'Go on with a finished run under a larger budget of its strategy',
  builder: {
    run: { type: 'string', describe: 'Run folder: <results>/<profile>/seed-<n>' },
    set: { ...variationOptions.set, demandOption: true },
    ...runOptions,
  },
  examples: [['extend results/paper/seed-0 --set strategy.epochs=400', 'more epochs']],
  run: ({ run, set, ...rest }, output) =>
    follow((f) => extendRun(run, { ...runSettings(rest), settings: set, ...f }), output),
};
