import { resume as resumeRun } from '@archer-nas/runtime';
import { follow } from '../follow.ts';
import type { Command } from './command.ts';
import { type RunArguments, runOptions, runSettings } from './run-options.ts';

/** `archer resume`: goes on with a run folder. */
export const resume: Command<RunArguments & { run: string }> = {
  command: 'resume <run>',
  describe: 'Go on with a run folder as the command that began it would',
  builder: {
    run: { type: 'string', describe: 'Run folder: <results>/<profile>/seed-<n>' },
    ...runOptions,
  },
  run: ({ run, ...rest }, output) =>
    follow((followed) => resumeRun(run, { ...runSettings(rest), ...followed }), output),
};
