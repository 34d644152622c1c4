import { definePlugin } from '@archer-nas/core';
import { bitSpace } from '@archer-nas/testkit';
import { z } from 'zod';

/** Bit strings of which a string and its reverse are one network. */
export const foldedBits = definePlugin({
  id: 'folded-bits',
  kind: 'space',
  summary: 'Bit strings that read the same from both ends, for tests.',
  options: z.strictObject({ bits: z.int().positive() }),
  create: ({ bits }) => ({
    ...bitSpace(bits),
    canonical: (a) => [a.join(''), [...a].reverse().join('')].sort()[0] as string,
  }),
});
