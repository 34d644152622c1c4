import { definePlugin, type State, type StudyContext } from '@archer-nas/core';
import type { SupernetView } from '@archer-nas/nn';
import { trainingFields } from '@archer-nas/nn/options';
import { z } from 'zod';
import { chosen } from './chosen.ts';

const options = z.strictObject({
  counts: z
    .array(z.int().positive())
    .min(1)
    .default([1, 2, 4, 8, 16])
    .describe('architectures that share weights; 1: another training of the one that is compared'),
  ...trainingFields({ epochs: 5, lr: 0.05, momentum: 0.9, weightDecay: 2.5e-4, clip: 5 }),
  batch: z.int().positive().default(256).describe('valid images per batch'),
  batches: z
    .union([z.literal('all'), z.int().positive()])
    .default('all')
    .describe('of them, from the start of the split'),
});

/** Posterior fading, measured: the question that PC-NAS begins with. */
const posterior = definePlugin({
  id: 'posterior',
  kind: 'study',
  summary: 'How far predictions of shared weights are from those of weights trained alone.',
  options,
  requires: ['space', 'data', 'data:classification', 'view:supernet'],
  create: ({ counts, batch, batches, ...training }, { space, data }) => ({
    when: 'after',
    begin: async ({ search, open, streams }: StudyContext<unknown>, saved?: State) => {
      const { posterior } = await import('./posterior.ts');
      const supernet = search.views.supernet as SupernetView<unknown>; // required above
      const sample = Math.max(2, ...counts);
      const stream = streams.stream('architectures');
      const paths = chosen(space, sample, stream).map((a) => supernet.path(a));
      const { network, parameters: searched } = supernet;
      const splits = { train: open('train'), images: open('valid') };
      const look = { batch, batches };
      const parts = { network, paths, counts, searched, data, ...splits, look, streams };
      return posterior({ ...parts, options: training }, saved);
    },
  }),
});

export default [posterior];
