import { definePlugin, type TextSplit } from '@archer-nas/core';
import { z } from 'zod';

/** Characters of the toy, by number. */
export const VOCABULARY = ['a', 'b', 'c', 'd', 'e'];

/** Sixty tokens with a rhythm. */
export function toyText(name: TextSplit['name'] = 'train'): TextSplit {
  const tokens = Int32Array.from({ length: 60 }, (_, i) => (i * i + (i % 3)) % VOCABULARY.length);
  return { name, size: tokens.length, tokens };
}

/** The toy as a corpus, which the space requires. */
export const toyCorpus = definePlugin({
  id: 'toy-corpus',
  kind: 'data',
  summary: 'Sixty letters, for tests.',
  provides: ['data:language-modelling'],
  options: z.strictObject({}),
  create: () => ({
    name: 'toy-corpus',
    batch: 4,
    window: 5,
    vocabulary: VOCABULARY,
    hash: 'toy-corpus',
    description: 'toy corpus',
    splits: ['train', 'valid'] as const,
    open: (name) => toyText(name),
  }),
});
