import { definePlugin } from '@archer-nas/core';
import { z } from 'zod';
import { slurmLauncher } from './slurm-launcher.ts';

const word = z.string().regex(/^\S+$/, 'one word');

const slurm = definePlugin({
  id: 'slurm',
  kind: 'launcher',
  summary: 'Job arrays of a Slurm cluster.',
  options: z.strictObject({
    processes: z.int().positive().default(16).describe('at most so many tasks at once'),
    retries: z
      .int()
      .nonnegative()
      .default(2)
      .describe('how often a task is submitted again that died'),
    cpus: z.int().positive().default(1).describe('processors of each task, and its threads'),
    memory: word.optional().describe('memory of each task: 4G; absent: what the site gives'),
    time: word
      .optional()
      .describe('time limit of each task: 24:00:00; absent: what the site gives'),
    partition: word.optional().describe('where to submit; absent: where the site does'),
    account: word.optional().describe('whom the time is charged to; absent: whom the site charges'),
    sbatch: z
      .array(z.string().startsWith('--'))
      .default([])
      .describe('further options: --gres=gpu:1'),
    setup: z
      .array(z.string())
      .default([])
      .describe('lines of shell before each task: module load nodejs'),
    poll: z.number().positive().default(10).describe('seconds between two looks at the queue'),
  }),
  create: (options) => slurmLauncher(options),
});

export default slurm;
