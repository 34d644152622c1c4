import { ArcherError, EXIT } from '@archer-nas/core';
import type { LayeredPath } from '@archer-nas/nn';

/** The choices of a block in the released numbering. */
export const BLOCKS = ['shuffle_3x3', 'shuffle_5x5', 'shuffle_7x7', 'xception'] as const;

/** One of {@link BLOCKS}. */
export type Block = (typeof BLOCKS)[number];

/** The released tuple without brackets: `2,1,0,1,…`. */
export function format(a: LayeredPath): string {
  return a.join(',');
}

/** Inverse of {@link format}. @throws ArcherError `ARCHER_SHUFFLENET_NOTATION` */
export function parse(text: string, blocks: number): LayeredPath {
  const numbers = text.trim().split(/\s*,\s*/);
  if (numbers.length === blocks && numbers.every((number) => /^[0-3]$/.test(number))) {
    return numbers.map(Number);
  }
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  throw new ArcherError(
    'ARCHER_SHUFFLENET_NOTATION',
    `"${shown}" is no architecture of the ShuffleNet space: it is not ${blocks} numbers from 0 ` +
      'to 3 between commas.',
    {
      hint: `A number per block: ${BLOCKS.map((name, at) => `${at} ${name}`).join(', ')}.`,
      exit: EXIT.usage,
    },
  );
}
