import {
  ArcherError,
  type ChoiceSpace,
  type CostModel,
  choiceSpace,
  definePlugin,
  EXIT,
} from '@archer-nas/core';
import { z } from 'zod';

/** An architecture of {@link toyBits}: zeros and ones. */
export type Bits = readonly number[];

/** A space with everything that a space may offer, but isomorphic architectures. */
export type BitSpace = ChoiceSpace<Bits> & {
  readonly costs: Required<CostModel<Bits>>;
};

/**
 * All strings of `bits` bits. Its one cost, `params`, counts i + 1 for a one at position i,
 * so that different strings of as many ones differ in it.
 */
export function bitSpace(bits: number): BitSpace {
  const costs = {
    names: ['params'],
    of: (a: Bits) => ({ params: a.reduce((sum, bit, i) => sum + bit * (i + 1), 0) }),
    additive: {
      params: { base: 0, perChoice: Array.from({ length: bits }, (_, i) => [0, i + 1]) },
    },
  };
  const space = choiceSpace<Bits>({
    name: `toy-bits-${bits}`,
    decisions: Array.from({ length: bits }, (_, i) => ({
      name: `bit${i}`,
      kind: 'categorical',
      options: ['0', '1'],
    })),
    encode: (a) => a,
    decode: (choices) => choices,
    format: (a) => a.join(''),
    parse: (text) => parse(text, bits),
    costs,
  });
  return { ...space, costs };
}

function parse(text: string, bits: number): Bits {
  if (text.length === bits && /^[01]*$/.test(text)) return [...text].map(Number);
  throw new ArcherError('ARCHER_ARCHITECTURE', `'${text}' is not a string of ${bits} bits`, {
    exit: EXIT.manifest,
  });
}

/** Bit strings: the smallest search space. */
export const toyBits = definePlugin({
  id: 'toy-bits',
  kind: 'space',
  summary: 'Bit strings, for tests; the best one is known.',
  options: z.strictObject({
    bits: z.int().min(1).max(20).default(12).describe('length of the strings'),
  }),
  provides: ['costs'],
  create: ({ bits }) => bitSpace(bits),
});
