import { EvaluationLog, type History, type HistoryPlace, type SearchSpace } from '@archer-nas/core';

/** Copies the history of a search that has written to a log of its own, or to none. */
export function copyHistory<A>(
  history: History<A>,
  space: SearchSpace<A>,
  place: HistoryPlace,
): void {
  const state = history.snapshot?.();
  const own = state === undefined ? undefined : EvaluationLog.from(space, state);
  const log = place.open(space, own?.clock ?? 'seconds');
  for (let i = 0; i < history.length; i++) {
    log.push(history.at(i), own?.timeOf(i) ?? history.paid(i).seconds ?? 0);
  }
}

/** The same history under another name. */
export function renamed<A>(history: History<A>, arm: string, repeat: number): History<A> {
  return {
    arm,
    repeat,
    objective: history.objective,
    get length() {
      return history.length;
    },
    at: (index) => history.at(index),
    paid: (index) => history.paid(index),
  };
}
