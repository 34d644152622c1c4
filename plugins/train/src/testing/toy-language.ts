import { createStreams, definePlugin, type SplitName, type TextData } from '@archer-nas/core';
import {
  eachStep,
  highwayInput,
  highwayWeights,
  type LanguageDropout,
  type LanguageSpace,
  languageModel,
  type RecurrentCell,
} from '@archer-nas/nn';
import { type Bits, bitSpace } from '@archer-nas/testkit';
import { z } from 'zod';

const WIDTH = 4;
const NO_DROPOUT = { words: 0, embedded: 0, input: 0, hidden: 0, output: 0 };

/** One gated state with tanh, or the identity, as the first bit says. */
function cell(bits: Bits): RecurrentCell {
  return {
    sites: [],
    parameters: ['x.gate', 'x.value', 'h.gate', 'h.value'].map((name) => {
      return { name, shape: [WIDTH, WIDTH], init: 'uniform', bound: 0.5 };
    }),
    unroll: (_, forward, masks) =>
      eachStep((x, h) => {
        const weights = {
          input: highwayWeights(forward, 'x', WIDTH),
          hidden: highwayWeights(forward, 'h', WIDTH),
        };
        const activation = bits[0] === 1 ? 'identity' : 'tanh';
        return highwayInput(x, h, weights, { ...masks, activation });
      }),
  };
}

/** Two bits, of which the first one says which cell it is. */
export function toyCells(
  dropout: Partial<LanguageDropout> = {},
  initRange = 0.5,
): LanguageSpace<Bits> {
  const around = { width: WIDTH, initRange, slowness: 0 };
  const network = (bits: Bits, { vocabulary }: { readonly vocabulary: number }) =>
    languageModel({ ...around, vocabulary, dropout: { ...NO_DROPOUT, ...dropout } }, cell(bits));
  return { ...bitSpace(2), network, supernet: (task) => network([0, 0], task), path: () => [] };
}

/** `a b a c a b a c …`, with a letter out of order now and then. */
export function toyCorpus(sizes: Partial<Record<SplitName, number>> = {}): TextData {
  const size = { train: 160, valid: 82, test: 42, ...sizes };
  return {
    name: 'toy-corpus',
    batch: 4,
    window: 8,
    vocabulary: ['a', 'b', 'c'],
    hash: 'toy-corpus',
    description: 'toy corpus',
    splits: ['train', 'valid'],
    open(name) {
      const stream = createStreams(5).stream(name);
      const tokens = Int32Array.from({ length: size[name] }, (_, i) =>
        stream.float() < 0.1 ? stream.int(3) : ([0, 1, 0, 2][i % 4] as number),
      );
      return { name, size: tokens.length, tokens };
    },
  };
}

/** The above as plugins, for manifests in tests. */
export const toyLanguagePlugins = [
  definePlugin({
    id: 'toy-cells',
    kind: 'space',
    summary: 'Two recurrent cells, for tests.',
    options: z.strictObject({}),
    requires: ['data:language-modelling'],
    provides: ['network:language'],
    create: () => toyCells({ input: 0.1, words: 0.1 }),
  }),
  definePlugin({
    id: 'toy-corpus',
    kind: 'data',
    summary: 'Some letters, for tests.',
    options: z.strictObject({}),
    requires: ['network:language'],
    provides: ['data:language-modelling'],
    create: () => toyCorpus({ train: 64, valid: 20 }),
  }),
];
