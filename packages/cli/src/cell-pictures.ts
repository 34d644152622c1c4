// biome-ignore-all lint/suspicious/noExplicitAny: the space's architecture type is known only at run time
import { ArcherError, EXIT, type SearchSpace } from '@archer-nas/core';
import { cellsSvg } from '@archer-nas/report';
import { pngOf } from './png.ts';

/**
 * The cells of an architecture as `cells.svg`.
 *
 * @throws ArcherError `ARCHER_EXPORT` when the space cannot draw
 */
export function cellPictures(space: SearchSpace<any>, architecture: any): { 'cells.svg': string } {
  const cells = space.draw?.(architecture);
  if (cells !== undefined) return { 'cells.svg': cellsSvg(cells) };
  throw new ArcherError('ARCHER_EXPORT', `The space ${space.name} draws no cells.`, {
    hint: 'Export to genotype, or use a space of cells such as darts or nas-bench-201.',
    exit: EXIT.usage,
  });
}

/** The same as `cells.png`. @throws ArcherError `ARCHER_EXPORT` when the space cannot draw */
export async function cellImages(
  space: SearchSpace<any>,
  architecture: any,
): Promise<{ 'cells.png': Uint8Array }> {
  const { 'cells.svg': svg } = cellPictures(space, architecture);
  return { 'cells.png': await pngOf(svg) };
}
