import { ArcherError, definePlugin } from '@archer-nas/core';
import { z } from 'zod';
import { ARCHITECTURES, archOf, officialOps } from '../notation.ts';

const texts = Array.from({ length: ARCHITECTURES }, (_, index) => archOf(officialOps(index)));
const known = new Set(texts);

/** The cells of NAS-Bench-201 as their notation: all that a table needs of a space. */
export const cellStrings = definePlugin({
  id: 'cell-strings',
  kind: 'space',
  summary: 'NAS-Bench-201 cells as text, for tests.',
  options: z.strictObject({}),
  provides: ['notation:nas-bench-201'],
  create: () => ({
    name: 'cell-strings',
    size: BigInt(ARCHITECTURES),
    sample: (stream) => stream.pick(texts),
    format: (a: string) => a,
    parse(text) {
      if (known.has(text)) return text;
      throw new ArcherError('ARCHER_ARCHITECTURE', `'${text}' is no cell`);
    },
    id: (a) => a,
    all: () => texts,
  }),
});
