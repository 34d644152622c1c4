import { definePlugin } from '@archer-nas/core';
import { z } from 'zod';
import { localLauncher } from './local-launcher.ts';

const local = definePlugin({
  id: 'local',
  kind: 'launcher',
  summary: 'A bounded pool of processes on this machine.',
  options: z.strictObject({
    processes: z.int().positive().default(2).describe('at most so many at once'),
    retries: z
      .int()
      .nonnegative()
      .default(2)
      .describe('how often a task is started again whose process was killed'),
  }),
  create: (options) => localLauncher(options),
});
export default local;
