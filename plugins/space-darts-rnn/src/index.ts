import { definePlugin } from '@archer-nas/core';
import { z } from 'zod';

const share = (what: string, value: number) =>
  z.number().min(0).lt(1).default(value).describe(`share dropped of ${what}`);

const options = z.strictObject({
  width: z.int().positive().max(4096).default(300).describe('of embedding and state'),
  norm: z.boolean().default(true).describe('batch norm after every state of the supernet'),
  initRange: z.number().positive().default(0.04).describe('weights start from U(±initRange)'),
  dropout: z
    .strictObject({
      words: share('the words of the embedding', 0),
      embedded: share('embedded inputs', 0.2),
      input: share("the cell's inputs", 0.75),
      hidden: share('states inside of the cell', 0.25),
      output: share("the cell's outputs", 0.75),
    })
    .prefault({})
    .describe('in training, with one mask for all steps of a window'),
  slowness: z
    .number()
    .min(0)
    .default(1e-3)
    .describe('β of β mean (h_t − h_{t−1})², added to the loss of weight steps'),
});

const plugin = definePlugin({
  id: 'darts-rnn',
  kind: 'space',
  summary: 'The recurrent cells of DARTS: eight nodes, each with one input and one activation.',
  options,
  requires: ['data:language-modelling'],
  provides: ['supernet:mixture', 'network:language', 'notation:darts-rnn'],
  create: async (settings) => {
    // The networks import the tensor library, which listing plugins should not pay for.
    const { dartsRnnSpace } = await import('./space.ts');
    return dartsRnnSpace(settings);
  },
});

export default plugin;
export { deriveGenotype, EDGES, type Edge, OPERATIONS } from './edges.ts';
export {
  ACTIVATIONS,
  type Activation,
  formatGenotype,
  type Genotype,
  NODES,
  parseGenotype,
  type RecurrentNode,
} from './genotype.ts';
export type { RnnSettings } from './space.ts';
