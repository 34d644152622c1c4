import { ArcherError, definePlugin, EXIT, type SearchSpace, type Stream } from '@archer-nas/core';
import { z } from 'zod';

/** An architecture of {@link toyBits}: zeros and ones. */
export type Bits = readonly number[];

/** A space with everything that a space may offer. */
export type BitSpace = Required<Omit<SearchSpace<Bits>, 'canonical' | 'restrict'>>;

/**
 * All strings of `bits` bits. Its one cost, `params`, counts i + 1 for a one at position i,
 * so that different strings of as many ones differ in it.
 */
export function bitSpace(bits: number): BitSpace {
  const flipped = (a: Bits, at: number): Bits => a.map((bit, i) => (i === at ? 1 - bit : bit));
  return {
    name: `toy-bits-${bits}`,
    size: 2n ** BigInt(bits),
    sample: (stream) => Array.from({ length: bits }, () => stream.int(2)),
    format: (a) => a.join(''),
    parse: (text) => parse(text, bits),
    id: (a) => a.join(''),
    decisions: Array.from({ length: bits }, (_, i) => ({
      name: `bit${i}`,
      kind: 'categorical',
      options: ['0', '1'],
    })),
    toChoices: (a) => [...a],
    fromChoices: (choices) => parse(choices.join(''), bits),
    *all() {
      for (let n = 0; n < 2 ** bits; n++) yield [...n.toString(2).padStart(bits, '0')].map(Number);
    },
    *neighbours(a) {
      for (let i = 0; i < bits; i++) yield flipped(a, i);
    },
    mutate: (a, stream) => flipped(a, stream.int(bits)),
    crossover: (a, b, stream) => a.map((bit, i) => pick(bit, b[i] as number, stream)),
    costs: {
      names: ['params'],
      of: (a) => ({ params: a.reduce((sum, bit, i) => sum + bit * (i + 1), 0) }),
      additive: {
        params: { base: 0, perChoice: Array.from({ length: bits }, (_, i) => [0, i + 1]) },
      },
    },
  };
}

function pick(a: number, b: number, stream: Stream): number {
  return stream.int(2) === 0 ? a : b;
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
  options: z.strictObject({ bits: z.int().min(1).max(20).default(12) }),
  create: ({ bits }) => bitSpace(bits),
});
