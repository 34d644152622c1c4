import type { Job, Report } from './job.ts';
import type { State } from './state.ts';

/** A job that computes its answer at once: one step, nothing worth saving. */
export function oneStep(
  answer: (signal: AbortSignal) => Report | Promise<Report>,
  saved?: State,
): Job {
  let done = (saved as { readonly done: number } | undefined)?.done ?? 0;
  return {
    get state() {
      return { done };
    },
    get progress() {
      return { done, total: 1, unit: 'evaluation' as const };
    },
    async step(signal) {
      signal.throwIfAborted();
      const report = await answer(signal);
      done = 1;
      return report;
    },
  };
}
