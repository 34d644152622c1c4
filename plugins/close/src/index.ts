import { definePlugin } from '@archer-nas/core';
import { searchOption, trainingFields } from '@archer-nas/nn/options';
import { z } from 'zod';

const width = z.int().positive();

const gate = z.strictObject({
  embedding: width.default(48).describe('width of the embeddings of nodes and of operations'),
  hidden: width.default(96).describe('what embeddings of nodes are brought to'),
  layers: z
    .array(width)
    .nonempty()
    .default([128, 128, 128, 128, 128])
    .describe('widths of the layers of the graph encoder'),
  perceptron: z
    .array(width)
    .default([200, 200, 200])
    .describe('widths of the hidden layers on the two ends of an edge'),
  dropout: z.number().min(0).lt(1).default(0.1).describe('behind each of these, in training'),
});

const ascends = (epochs: readonly number[]): boolean =>
  epochs.every((epoch, at) => (at === 0 ? epoch === 1 : epoch > (epochs[at - 1] as number)));

const sharing = {
  curriculum: z
    .array(z.int().positive())
    .nonempty()
    .default([1, 201, 401, 601])
    .refine(ascends, 'begins with 1 and ascends')
    .describe('epochs, counted from 1, with each of which one more operation set comes into use'),
  temperature: z.number().positive().default(5).describe('of the Gumbel softmax in training'),
  gate: gate.prefault({}).describe('the sizes of the gate module'),
};

/** Settings of the released code on NAS-Bench-201. Loose: other options of one-shot pass. */
const options = z.looseObject({
  ...sharing,
  ...trainingFields({ epochs: 1000, weightDecay: 5e-4 }),
  schedule: z
    .enum(['plateau', 'cosine', 'linear', 'exponential', 'constant'])
    .default('plateau')
    .describe('of the learning rate, see one-shot'),
  plateau: z
    .strictObject({
      factor: z.number().positive().lt(1).default(0.5).describe('of the learning rate'),
      patience: z.int().min(0).default(30).describe('epochs whose mean loss may be no better'),
    })
    .prefault({})
    .describe('of the schedule of that name'),
  resets: z
    .array(z.int().positive())
    .optional()
    .describe('epochs, counted from 1, with which a plateau begins at `lr` again; default [401]'),
  search: searchOption('evolution'),
});

/** CLOSE on the one-shot loop, with uniform paths. */
const strategy = definePlugin({
  id: 'close',
  kind: 'strategy',
  summary: 'CLOSE: edges share operation sets, more of them stage by stage, then a search.',
  options,
  preset({ curriculum, temperature, gate: sizes, plateau, resets = [401], search, ...training }) {
    const parts = { paths: { use: 'uniform' }, order: { use: 'shuffle' } };
    const gradient = { use: 'shared-sets', curriculum, temperature, gate: sizes };
    const waits = training.schedule === 'plateau' && { plateau, resets };
    const loop = { ...training, ...waits, ...(search && { search }) };
    return { ...parts, ...loop, gradient, use: 'one-shot' };
  },
});

const gradient = definePlugin({
  id: 'shared-sets',
  kind: 'gradient',
  summary: 'A gate module chooses the operation set of each edge; sets come into use one by one.',
  requires: ['supernet:shared-operations'],
  options: z.strictObject(sharing),
  create: async (own) => (await import('./close.ts')).close(own),
});

export default [strategy, gradient];
