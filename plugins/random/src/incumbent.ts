import type { Evaluation, MetricSpec } from '@archer-nas/core';

/** The value of an evaluation that may win: final, and a number. */
export function winningValue(
  evaluation: Evaluation<unknown> | undefined,
  metric: MetricSpec,
): number | undefined {
  if (evaluation?.status !== 'final') return undefined;
  const value = evaluation.metrics[metric.name];
  return Number.isNaN(value) ? undefined : value;
}

/** The best evaluation, of equal ones that with the smallest architecture id. */
export function bestOf<A>(
  evaluations: readonly Evaluation<A>[],
  metric: MetricSpec,
  id: (a: A) => string,
): Evaluation<A> | undefined {
  const sign = metric.direction === 'maximise' ? 1 : -1;
  let best: { evaluation: Evaluation<A>; value: number; id: string } | undefined;
  for (const evaluation of evaluations) {
    const value = winningValue(evaluation, metric);
    if (value === undefined) continue;
    const candidate = { evaluation, value: sign * value, id: id(evaluation.proposal.architecture) };
    const wins = !best || candidate.value > best.value;
    if (wins || (candidate.value === best?.value && candidate.id < best.id)) best = candidate;
  }
  return best?.evaluation;
}
