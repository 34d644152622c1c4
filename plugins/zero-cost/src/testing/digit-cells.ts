import { ArcherError, choiceSpace, definePlugin } from '@archer-nas/core';
import { z } from 'zod';

const EDGES = 6;
const OPERATIONS = ['none', 'skip', 'conv1', 'conv3', 'pool'];

/** NAS-Bench-201's cells as six digits, without their notation. */
export const digitCells = definePlugin({
  id: 'digit-cells',
  kind: 'space',
  summary: 'Cells of five operations on six edges, for tests.',
  options: z.strictObject({}),
  provides: ['notation:nas-bench-201'],
  create: () =>
    choiceSpace<readonly number[]>({
      name: 'digit-cells',
      decisions: Array.from({ length: EDGES }, (_, edge) => ({
        name: `edge${edge}`,
        kind: 'categorical',
        options: OPERATIONS,
      })),
      encode: (a) => a,
      decode: (choices) => choices,
      format: (a) => a.join(''),
      parse(text) {
        if (/^[0-4]{6}$/.test(text)) return Array.from(text, Number);
        throw new ArcherError('ARCHER_ARCHITECTURE', `'${text}' is not six digits from 0 to 4`);
      },
    }),
});
