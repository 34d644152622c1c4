import { definePlugin } from '@archer-nas/core';
import { z } from 'zod';

const share = (what: string, value: number) =>
  z.number().min(0).lt(1).default(value).describe(`share dropped of ${what}`);

const options = z.strictObject({
  nodes: z.int().min(2).max(64).default(12).describe('N, nodes of a cell'),
  first: z
    .enum(['chosen', 'tanh'])
    .default('chosen')
    .describe("the first node's activation: a decision, or tanh as in the corrected code"),
  output: z
    .enum(['loose-ends', 'all'])
    .default('loose-ends')
    .describe('what is averaged: nodes that no other reads, or all as in the corrected code'),
  width: z.int().positive().max(4096).default(200).describe('of embedding and state'),
  initRange: z.number().positive().default(0.04).describe('weights start from U(±initRange)'),
  dropout: z
    .strictObject({
      words: share('the words of the embedding', 0.1),
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
    .default(0)
    .describe('β of β mean (h_t − h_{t−1})², added to the loss of weight steps'),
});

const plugin = definePlugin({
  id: 'enas-rnn',
  kind: 'space',
  summary: 'The recurrent cells of ENAS: every node has one input and one activation.',
  options,
  requires: ['data:language-modelling'],
  provides: ['supernet:single-path', 'network:language', 'notation:enas-rnn'],
  create: async (settings) => {
    // The networks import the tensor library, which listing plugins should not pay for.
    const { enasRnnSpace } = await import('./space.ts');
    return enasRnnSpace(settings);
  },
});

export default plugin;
export {
  ACTIVATIONS,
  type CellForm,
  type CellNode,
  type EnasCell,
  formatCell,
  looseEnds,
  parseCell,
} from './cell.ts';
export type { EnasRnnSettings } from './space.ts';
