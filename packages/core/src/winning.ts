import type { Evaluation, Metrics, Objective } from './evaluation.ts';

/**
 * The metrics of an evaluation that may win: final, with a number for everything that the
 * objective looks at. Others are `undefined`.
 */
export function winningMetrics(
  evaluation: Evaluation<unknown>,
  { metrics, constraints }: Pick<Objective, 'metrics' | 'constraints'>,
): Metrics | undefined {
  if (evaluation.status !== 'final') return undefined;
  const known = (name: string): boolean => {
    const value = evaluation.metrics[name];
    return value !== undefined && !Number.isNaN(value);
  };
  const complete =
    metrics.every(({ name }) => known(name)) && constraints.every(({ metric }) => known(metric));
  return complete ? evaluation.metrics : undefined;
}
