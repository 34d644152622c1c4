import { type Cost, type Evaluation, type History, incumbentMetrics } from '@archer-nas/core';

/** What a budget is counted in. */
export type Axis = 'evaluations' | 'epochs' | 'seconds';

/** When a history's incumbent changed. */
export interface Change<A> {
  /** Evaluations made by then. */
  readonly evaluations: number;
  /** What they had cost. */
  readonly paid: Cost;
  readonly incumbent: Evaluation<A>;
}

/**
 * The incumbents of a history by its own objective, in order. Of equal ones the first stays;
 * what misses a limit never becomes one.
 */
export function incumbents<A>(history: History<A>): readonly Change<A>[] {
  const { objective } = history;
  const changes: Change<A>[] = [];
  let best: Evaluation<A> | undefined;
  for (let i = 0; i < history.length; i++) {
    const evaluation = history.at(i);
    const metrics = incumbentMetrics(evaluation, objective);
    if (metrics === undefined) continue;
    if (best !== undefined && objective.compare(metrics, best.metrics) !== -1) continue;
    best = evaluation;
    changes.push({ evaluations: i + 1, paid: history.paid(i), incumbent: evaluation });
  }
  return changes;
}

/** The incumbent that a budget pays for; `undefined` before the first. */
export function incumbentAt<A>(
  changes: readonly Change<A>[],
  budget: number,
  axis: Axis,
): Evaluation<A> | undefined {
  return changes.findLast((change) => spent(change, axis) <= budget)?.incumbent;
}

/** Where a change lies on an axis; a cost that was not recorded counts as nothing. */
function spent({ evaluations, paid }: Change<unknown>, axis: Axis): number {
  return axis === 'evaluations' ? evaluations : (paid[axis] ?? 0);
}

/** What a whole history has cost on an axis. */
export function total(history: History<unknown>, axis: Axis): number {
  if (axis === 'evaluations') return history.length;
  return history.length === 0 ? 0 : (history.paid(history.length - 1)[axis] ?? 0);
}

/** One repetition of an arm, as its incumbents. */
export interface Path<A> {
  readonly repeat: number;
  readonly changes: readonly Change<A>[];
}

/** The incumbents of all histories by arm, in the order of the arms' first. */
export function pathsByArm<A>(
  histories: readonly History<A>[],
): ReadonlyMap<string, readonly Path<A>[]> {
  const arms = new Map<string, Path<A>[]>();
  for (const history of histories) {
    const path = { repeat: history.repeat, changes: incumbents(history) };
    const list = arms.get(history.arm);
    if (list) list.push(path);
    else arms.set(history.arm, [path]);
  }
  return arms;
}
