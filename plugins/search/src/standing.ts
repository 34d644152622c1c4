import type { MetricSpec, Objective } from '@archer-nas/core';
import type { Clock } from './clock.ts';
import type { Incumbents } from './incumbents.ts';

/** What a step's metrics show: the best or the size of the front, and the clock. */
export function standing(
  { metrics: searched }: Objective,
  incumbents: Pick<Incumbents<unknown>, 'best' | 'indices'>,
  { limits, time }: Clock,
): Record<string, number> {
  const metrics: Record<string, number> = {};
  if (searched.length > 1) metrics['front-size'] = incumbents.indices.length;
  else {
    const { name } = searched[0] as MetricSpec; // an objective has metrics
    const value = incumbents.best?.[name];
    if (value !== undefined) metrics[`best-${name}`] = value;
  }
  if (limits.unit !== 'evaluations' && time > 0) metrics[`clock-${limits.unit}`] = time;
  return metrics;
}
