import { type ArchitectureColumn, architectureColumn } from './architecture-column.ts';
import { Column } from './column.ts';
import type { Cost, Evaluation, Objective, Outcome, Point, Proposal } from './evaluation.ts';
import type { Newborn } from './numbered-sampler.ts';
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
  /** Of the last evaluations; not yet in the columns. */
  #unread: Outcome[] = [];
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
    this.#metrics = new NumberRecords(length, columns.metrics);
    this.#cost = new NumberRecords(length, columns.cost);
    this.#times = new Column('float64', length, this.#timesFrom(columns.time));
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
    const { proposal } = evaluation;
    this.#architectures.push(proposal.architecture);
    this.#ids.push(proposal.id);
    this.#parents.push(proposal.parent);
    this.#asked.push(proposal.budget);
    this.#times.push(time);
    this.#read();
    this.#keep(evaluation, proposal, this.#length++);
  }

  /** The same of a numbered proposal. @see NumberedSampler */
  pushNewborn(newborn: Readonly<Newborn<A>>, outcome: Outcome, time: number): void {
    const { prefix, number, architecture, parent } = newborn;
    this.#ids.pushNumber(prefix, number);
    this.#parents.pushNumber(prefix, parent);
    this.#asked.push(undefined);
    this.#architectures.push(architecture);
    this.#times.push(time);
    this.#unread.push(outcome);
    this.#length++;
  }

  /**
   * Recorded outcomes lie all over the memory, where reading one after the other, many at a time,
   * is several times as fast as each when it comes.
   */
  #read(): void {
    const unread = this.#unread;
    if (unread.length === 0) return;
    const from = this.#length - unread.length;
    this.#unread = [];
    for (let i = 0; i < unread.length; i++) {
      this.#keep(unread[i] as Outcome, NOTHING, from + i); // below its length
    }
  }

  #keep(outcome: Outcome, asked: RestAsked, index: number): void {
    const { budget, status, metrics, cost } = outcome;
    this.#budgets.push(budget);
    this.#status.push(status === 'final' ? 0 : STATUSES.indexOf(status));
    this.#metrics.push(metrics);
    this.#cost.push(cost as Readonly<Record<string, number>>);
    if (hasRest(outcome, asked)) this.#rest.set(index, restOf(outcome, asked));
  }

  /** @throws RangeError outside of 0 to length - 1 */
  at(index: number): Evaluation<A> {
    this.#read();
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
    this.#read();
    return this.#cost.reader(unit, 0)(index);
  }

  /** What an evaluation adds to the clock where one comes after the other. */
  #durations(): (index: number) => number {
    return this.clock === 'evaluations' ? () => 1 : this.#cost.reader(this.clock, 0);
  }

  /** The times, or where they begin if each is the one before and the cost, to the bit. */
  #timeSnapshot(from: number, to: number): State {
    const start = from === 0 ? 0 : this.timeOf(from - 1);
    const durationOf = this.#durations();
    let sum = start;
    for (let i = from; i < to; i++) {
      sum += durationOf(i);
      if (!Object.is(sum, this.#times.at(i))) return this.#times.snapshot(from, to);
    }
    return { sumFrom: start };
  }

  #timesFrom(saved: State | undefined): State | undefined {
    const { sumFrom } = (saved ?? {}) as Partial<SummedTimes>;
    if (sumFrom === undefined) return saved;
    const durationOf = this.#durations();
    let sum = sumFrom;
    return Float64Array.from({ length: this.#length }, (_, i) => {
      sum += durationOf(i);
      return sum;
    });
  }

  /** The evaluations from `from` to before `to`; later ones do not change it. */
  snapshot(from = 0, to = this.#length): State {
    this.#read();
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
        time: this.#timeSnapshot(from, to),
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

/** Times that are the sum of the costs from here on. */
interface SummedTimes {
  readonly sumFrom: number;
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

/** What few proposals have. */
type RestAsked = Pick<Proposal<unknown>, 'continues' | 'weight'>;

const NOTHING: RestAsked = {};

function hasRest({ reason, curve }: Outcome, { continues, weight }: RestAsked): boolean {
  const asked = continues !== undefined || weight !== undefined;
  return asked || reason !== undefined || curve !== undefined;
}

function restOf({ reason, curve }: Outcome, { continues, weight }: RestAsked): Rest {
  const points = curve?.map(({ at, value }) => ({ at, value }));
  return defined({ reason, curve: points, continues, weight }) as Rest;
}

/** Without the fields that are `undefined`. */
function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
