import { type ArchitectureColumn, architectureColumn } from './architecture-column.ts';
import { Column } from './column.ts';
import type { Cost, Evaluation, Objective, Point, Proposal } from './evaluation.ts';
import { Budgets, NumberedNames, NumberRecords } from './record-columns.ts';
import type { History } from './search.ts';
import type { SearchSpace } from './space.ts';
import type { State } from './state.ts';

const STATUSES = ['final', 'partial', 'failed', 'infeasible'] as const;
const COSTS = ['epochs', 'images', 'seconds'] as const;

/** What the simulated clock of a search counts. */
export type ClockUnit = 'seconds' | 'epochs' | 'evaluations';

/** What few evaluations have. */
interface Rest {
  readonly reason?: string;
  readonly curve?: readonly Point[];
  readonly continues?: string;
  readonly weight?: number;
}

interface LogState {
  readonly length: number;
  readonly clock: ClockUnit;
  readonly architectures: State;
  readonly columns: Readonly<Record<string, State>>;
  readonly rest: readonly (readonly [number, Rest])[];
}

/**
 * Evaluations in columns: thousands in the space of a few typed arrays, for searches that
 * make them by the thousand, their checkpoints and their journal lines. Everything of an
 * evaluation comes back as it was, except per-site arrays (`signals`), which are not kept.
 */
export class EvaluationLog<A> {
  readonly space: SearchSpace<A>;
  readonly clock: ClockUnit;
  readonly #architectures: ArchitectureColumn<A>;
  readonly #ids: NumberedNames;
  readonly #parents: NumberedNames;
  readonly #asked: Budgets;
  readonly #budgets: Budgets;
  readonly #status: Column;
  readonly #times: Column;
  readonly #metrics: NumberRecords;
  readonly #cost: NumberRecords;
  readonly #rest: Map<number, Rest>;
  #length: number;

  /** @param clock the unit of the times that evaluations are pushed with */
  constructor(space: SearchSpace<A>, clock: ClockUnit, saved?: State) {
    const {
      length = 0,
      architectures,
      columns = {},
      rest = [],
    } = (saved ?? {}) as Partial<LogState>;
    this.space = space;
    this.clock = clock;
    this.#length = length;
    this.#architectures = architectureColumn(space, length, architectures);
    this.#ids = new NumberedNames(length, columns.id);
    this.#parents = new NumberedNames(length, columns.parent);
    this.#asked = new Budgets(length, columns.asked);
    this.#budgets = new Budgets(length, columns.budget);
    this.#status = new Column('int32', length, columns.status);
    this.#times = new Column('float64', length, columns.time);
    this.#metrics = new NumberRecords(length, columns.metrics);
    this.#cost = new NumberRecords(length, columns.cost);
    this.#rest = new Map(rest);
  }

  /** The log that {@link snapshot} gave, also from a journal line. */
  static from<A>(space: SearchSpace<A>, saved: State): EvaluationLog<A> {
    return new EvaluationLog(space, (saved as unknown as LogState).clock, saved);
  }

  /** How many evaluations. */
  get length(): number {
    return this.#length;
  }

  /** @param time the simulated clock when the evaluation was known */
  push(evaluation: Evaluation<A>, time: number): void {
    const { proposal, status } = evaluation;
    this.#architectures.push(proposal.architecture);
    this.#ids.push(proposal.id);
    this.#parents.push(proposal.parent);
    this.#asked.push(proposal.budget);
    this.#budgets.push(evaluation.budget);
    this.#status.push(status === 'final' ? 0 : STATUSES.indexOf(status));
    this.#times.push(time);
    this.#metrics.push(evaluation.metrics);
    this.#cost.push(evaluation.cost as Readonly<Record<string, number>>);
    if (hasRest(evaluation)) this.#rest.set(this.#length, restOf(evaluation));
    this.#length++;
  }

  /** @throws RangeError outside of 0 to length - 1 */
  at(index: number): Evaluation<A> {
    const architecture = this.#architectures.at(index);
    const { reason, curve, continues, weight } = this.#rest.get(index) ?? {};
    const id = this.#ids.at(index) as string; // every evaluation is pushed with one
    const asked = { budget: this.#asked.at(index), parent: this.#parents.at(index) };
    const given = { budget: this.#budgets.at(index), curve, reason };
    return {
      proposal: { id, architecture, ...defined({ ...asked, continues, weight }) },
      metrics: this.#metrics.at(index),
      cost: this.#cost.at(index) as Cost,
      status: STATUSES[this.#status.at(index) ?? 0] ?? 'final',
      ...defined(given),
    };
  }

  /** The simulated clock when evaluation `index` was known. */
  timeOf(index: number): number {
    return this.#times.at(index) ?? Number.NaN;
  }

  /** One cost of an evaluation; 0 where it has none. */
  costOf(index: number, unit: keyof Cost): number {
    return this.#cost.value(index, unit) ?? 0;
  }

  /** The evaluations from `from` to before `to`; later ones do not change it. */
  snapshot(from = 0, to = this.#length): State {
    const state: LogState = {
      length: to - from,
      clock: this.clock,
      architectures: this.#architectures.snapshot(from, to),
      columns: {
        id: this.#ids.snapshot(from, to),
        parent: this.#parents.snapshot(from, to),
        asked: this.#asked.snapshot(from, to),
        budget: this.#budgets.snapshot(from, to),
        status: this.#status.snapshot(from, to),
        time: this.#times.snapshot(from, to),
        metrics: this.#metrics.snapshot(from, to),
        cost: this.#cost.snapshot(from, to),
      },
      rest: [...this.#rest]
        .filter(([index]) => index >= from && index < to)
        .map(([index, rest]) => [index - from, rest] as const),
    };
    return state as unknown as State;
  }
}

/** Which evaluations of a log are one history, and of what. */
export interface HistoryOf<A> {
  readonly arm: string;
  readonly repeat: number;
  readonly objective: Objective;
  /** The first evaluation; default 0. */
  readonly from?: number;
  /** Behind the last; default: the log's length, also when it grows. */
  readonly to?: number;
  readonly log: EvaluationLog<A>;
}

/**
 * A part of a log as a history. In the clock's unit, `paid` is the clock, which several
 * simulated workers share; in other units, the sum over what was known by then.
 */
export function historyOf<A>(of: HistoryOf<A>): History<A> {
  const { arm, repeat, objective, log, from = 0, to } = of;
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
      return (to ?? log.length) - from;
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
    snapshot: () => log.snapshot(from, to),
  };
}

function hasRest({ proposal, reason, curve }: Evaluation<unknown>): boolean {
  const asked = proposal.continues !== undefined || proposal.weight !== undefined;
  return asked || reason !== undefined || curve !== undefined;
}

function restOf({ proposal, reason, curve }: Evaluation<unknown>): Rest {
  const points = curve?.map(({ at, value }) => ({ at, value }));
  const { continues, weight } = proposal as Proposal<unknown>;
  return defined({ reason, curve: points, continues, weight }) as Rest;
}

/** Without the fields that are `undefined`. */
function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
