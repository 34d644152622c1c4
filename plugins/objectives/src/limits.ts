import type { Constraint } from '@archer-nas/core';
import { z } from 'zod';

const limits = (side: string) =>
  z
    .record(z.string().min(1), z.number())
    .default({})
    .describe(`limits that an architecture must keep: metric and its ${side} value`);

/** Options shared by all objectives: hard limits. */
export const limitOptions = { most: limits('largest'), least: limits('smallest') };

/** What {@link limitOptions} parse to. */
export interface Limits {
  readonly most: Readonly<Record<string, number>>;
  readonly least: Readonly<Record<string, number>>;
}

/** In the order of the manifest, upper limits first. */
export function constraintsOf({ most, least }: Limits): Constraint[] {
  const side = (entries: Limits['most'], at: Constraint['at']): Constraint[] =>
    Object.entries(entries).map(([metric, limit]) => ({ metric, at, limit }));
  return [...side(most, 'most'), ...side(least, 'least')];
}
