import {
  ArcherError,
  type Dependencies,
  EXIT,
  ifPresent,
  type MetricSpec,
  suggestion,
} from '@archer-nas/core';
import { z } from 'zod';

/** A metric by name, or with what the manifest has to say of one that nobody else knows. */
export const measureSchema = z.union([
  z.string().min(1),
  z.strictObject({
    name: z.string().min(1).describe('of the metric'),
    direction: z.enum(['maximise', 'minimise']).describe('what is better'),
    unit: z.string().default('1').describe('what it is counted in'),
  }),
]);

export type Measure = z.output<typeof measureSchema>;

/** Finds out unit and direction of the metrics that a manifest names. */
export interface Measures {
  /** @throws ArcherError `ARCHER_METRIC` when the name is unknown */
  find(measure: Measure): MetricSpec;
  /** The evaluator's first. @throws ArcherError when there is no evaluator block */
  readonly first: MetricSpec;
}

/**
 * The metrics of the manifest's evaluator, and the costs of its space, which are to be
 * minimised. Where a strategy scores by itself (a supernet), the manifest gives the direction.
 */
export function measuresOf(deps: Dependencies): Measures {
  const evaluated = ifPresent(() => deps.evaluator.metrics) ?? [];
  const costs = (deps.space.costs?.names ?? []).map(
    (name): MetricSpec => ({ name, unit: name, direction: 'minimise' }),
  );
  const known = [...evaluated, ...costs];
  const find = (measure: Measure): MetricSpec => {
    if (typeof measure !== 'string') return measure;
    const spec = known.find(({ name }) => name === measure);
    if (spec !== undefined) return spec;
    const names = known.map(({ name }) => name);
    throw new ArcherError(
      'ARCHER_METRIC',
      `Neither the evaluator nor the space has a metric "${measure}"; ` +
        `they have ${names.join(', ') || 'none'}.`,
      {
        hint:
          suggestion(measure, names) ||
          `For what the strategy measures itself write { name: ${measure}, direction: maximise }.`,
        exit: EXIT.manifest,
      },
    );
  };
  return {
    find,
    get first() {
      return deps.evaluator.metrics[0] as MetricSpec; // an evaluator measures something
    },
  };
}
