import { z } from 'zod';
import { namedOverlays } from './folder-name.ts';

/**
 * What `archer sweep` varies: named points, each laid over the manifest as a profile is; paths with
 * the values that they take, all combinations; or every named point with every combination.
 */
export const sweepSchema = z
  .strictObject({
    points: namedOverlays.optional(),
    grid: z.record(z.string().min(1), z.array(z.unknown()).min(1)).optional(),
  })
  .refine(
    ({ points = {}, grid = {} }) => Object.keys(points).length + Object.keys(grid).length > 0,
    'at least one of `points` and `grid`',
  );
export type Sweep = z.output<typeof sweepSchema>;
