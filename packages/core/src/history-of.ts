import type { Cost, Objective } from './evaluation.ts';
import type { EvaluationLog } from './evaluation-log.ts';
import type { History } from './search.ts';

const COSTS = ['epochs', 'images', 'seconds'] as const;

/** Which history of a log, and of what. */
export interface HistoryOf<A> {
  readonly arm: string;
  readonly repeat: number;
  readonly objective: Objective;
  /** Its number in the log; default 0. */
  readonly history?: number;
  readonly log: EvaluationLog<A>;
}

/**
 * A history in a log, also while it grows. In the clock's unit, `paid` is the clock, which
 * several simulated workers share; in other units, the sum over what was known by then.
 */
export function historyOf<A>(of: HistoryOf<A>): History<A> {
  const { arm, repeat, objective, log, history = 0 } = of;
  const from = log.startOf(history);
  const sums = COSTS.map((unit) => ({ unit, sums: [] as number[] }));
  const sumUpTo = (index: number, unit: keyof Cost, known: number[]): number => {
    for (let i = known.length; i <= index; i++) {
      known.push((known[i - 1] ?? 0) + log.costOf(from + i, unit));
    }
    return known[index] as number;
  };
  return {
    arm,
    repeat,
    objective,
    get length() {
      return log.startOf(history + 1) - from;
    },
    at(index) {
      if (!(index >= 0 && index < this.length)) throw new RangeError(`no evaluation ${index}`);
      return log.at(from + index);
    },
    paid(index) {
      if (!(index >= 0 && index < this.length)) throw new RangeError(`no evaluation ${index}`);
      const cost = sums.map(({ unit, sums }) => [unit, sumUpTo(index, unit, sums)] as const);
      const clock = log.clock === 'evaluations' ? {} : { [log.clock]: log.timeOf(from + index) };
      return { ...Object.fromEntries(cost), ...clock };
    },
    snapshot: () => log.snapshot(from, log.startOf(history + 1)),
  };
}
