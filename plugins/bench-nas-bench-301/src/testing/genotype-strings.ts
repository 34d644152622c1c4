import { ArcherError, definePlugin } from '@archer-nas/core';
import { z } from 'zod';
import { genotypeOf } from '../notation.ts';

/** Genotypes of the table's form; the first is DARTS_V2's. */
export const ARCHS: readonly string[] = [
  '0.3 1.3 0.3 1.3 1.3 0.2 0.2 2.5;0.0 1.0 2.2 1.0 0.0 2.2 2.2 1.0',
  '1.2 0.3 2.4 1.1 0.2 2.3 1.3 2.4;0.1 1.0 0.4 1.3 1.3 3.6 1.1 0.5',
  '0.0 1.1 0.2 2.3 1.4 3.5 2.6 4.0;0.6 1.5 1.4 2.3 0.2 3.1 0.0 4.6',
];
const texts = ARCHS.map(genotypeOf);

/** Three genotypes: all that a table needs of the DARTS space. */
export const genotypeStrings = definePlugin({
  id: 'genotype-strings',
  kind: 'space',
  summary: 'Three DARTS genotypes as text, for tests.',
  options: z.strictObject({}),
  provides: ['notation:darts'],
  create: () => ({
    name: 'genotype-strings',
    size: BigInt(texts.length),
    sample: (stream) => stream.pick(texts),
    format: (a: string) => a,
    parse(text) {
      if (texts.includes(text)) return text;
      throw new ArcherError('ARCHER_ARCHITECTURE', `'${text}' is none of the genotypes`);
    },
    id: (a) => a,
    all: () => texts,
  }),
});
