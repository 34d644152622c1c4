import { Column, compactNumbers } from './column.ts';
import type { Cost, Evaluation } from './evaluation.ts';
import { defined, Findings } from './findings.ts';
import { ofLayout } from './layout.ts';
import { type HistoriesState, LogHistories } from './log-histories.ts';
import { LogTimes } from './log-times.ts';
import { numberByFirst } from './number-by-first.ts';
import { NumberedNames } from './numbered-names.ts';
import type { Newborn } from './numbered-sampler.ts';
import { Budgets } from './record-columns.ts';
import type { SearchSpace } from './space.ts';
import type { State } from './state.ts';

/** The number of the layout of {@link EvaluationLog.snapshot}; the first had none. */
const FORMAT = 2;

/** What the simulated clock of a search counts. */
export type ClockUnit = 'seconds' | 'epochs' | 'evaluations';

/** What few proposals have. */
interface Rest {
  readonly continues?: string;
  readonly weight?: number;
}

interface LogState extends HistoriesState {
  readonly format: typeof FORMAT;
  readonly length: number;
  readonly clock: ClockUnit;
  readonly columns: Readonly<Record<string, State>>;
  readonly findings: State;
  readonly rest: readonly (readonly [number, Rest])[];
}

/**
 * Evaluations in columns: thousands in the space of a few typed arrays, for searches that
 * make them by the thousand, their checkpoints and their journal lines. Everything of an
 * evaluation comes back as it was, except per-site arrays (`signals`), which are not kept.
 *
 * A log is of one history, or of several, one behind the other; {@link begin} begins the next.
 */
export class EvaluationLog<A> {
  readonly space: SearchSpace<A>;
  readonly clock: ClockUnit;
  readonly findings: Findings<A>;
  readonly #histories: LogHistories;
  readonly #ids: NumberedNames;
  /** Their distances are from the id's number. */
  readonly #parents: NumberedNames;
  readonly #asked: Budgets;
  readonly #times: LogTimes;
  /** Which finding. */
  readonly #found: Column;
  readonly #rest: Map<number, Rest>;
  /** Newborns whose ids are still to be written down, which are alike. */
  #run = 0;
  #prefix = '';
  #distance = 0;
  #length: number;

  /** @param clock the unit of the times that evaluations are pushed with */
  constructor(space: SearchSpace<A>, clock: ClockUnit, saved?: State) {
    const state = saved === undefined ? undefined : checked(saved);
    const { length = 0, columns = {}, rest = [] } = state ?? {};
    this.space = space;
    this.clock = clock;
    this.findings = new Findings(space, state?.findings);
    this.#length = length;
    this.#histories = new LogHistories(state);
    this.#ids = new NumberedNames(length, columns.id);
    this.#parents = new NumberedNames(length, columns.parent);
    this.#asked = new Budgets(length, columns.asked);
    this.#found = new Column('int32', length, columns.found);
    this.#times = new LogTimes(this, columns.time);
    this.#rest = new Map(rest);
  }

  /** The log that {@link snapshot} gave, also from a journal line. @throws ArcherError */
  static from<A>(space: SearchSpace<A>, saved: State): EvaluationLog<A> {
    return new EvaluationLog(space, checked(saved).clock, saved);
  }

  /** How many evaluations a {@link snapshot} has. @throws ArcherError */
  static lengthOf(saved: State): number {
    return checked(saved).length;
  }

  /** How many evaluations. */
  get length(): number {
    return this.#length;
  }

  /** How many histories: one, and one more for each that {@link begin} began. */
  get histories(): number {
    return this.#histories.length;
  }

  /** Ends the last history, and begins the next. */
  begin(): void {
    this.#histories.begin(this.#length);
  }

  /** The first evaluation of a history. */
  startOf(history: number): number {
    return this.#histories.startOf(history) ?? this.#length;
  }

  /** The number of the history that an evaluation is of; the last for those to come. */
  historyAt(index: number): number {
    return this.#histories.numberAt(index);
  }

  /** @param time the simulated clock when the evaluation was known */
  push(evaluation: Evaluation<A>, time: number): void {
    const { id, parent, budget, architecture, continues, weight } = evaluation.proposal;
    this.#settle();
    const index = this.#length++;
    const number = this.#ids.push(id, index - this.#histories.origin);
    this.#parents.push(parent, number);
    this.#asked.push(budget);
    this.#found.push(this.findings.push(architecture, evaluation));
    this.#times.push(time);
    if (continues === undefined && weight === undefined) return;
    this.#rest.set(index, defined({ continues, weight }) as Rest);
  }

  /**
   * The same of a numbered proposal, at the time when the one before it and its own duration are
   * over. @see NumberedSampler
   *
   * @param found a place in `findings`
   */
  pushNewborn(newborn: Readonly<Newborn<A>>, found: number): void {
    const { prefix, number, parent } = newborn;
    const distance = this.#length++ - this.#histories.origin - number;
    if (distance !== this.#distance || prefix !== this.#prefix) {
      this.#settle();
      this.#distance = distance;
      this.#prefix = prefix;
    }
    this.#run++;
    if (parent < 0) this.#parents.pushNone();
    else this.#parents.pushNumber(prefix, number - parent);
    this.#found.push(found);
    this.#times.pushSum();
  }

  /** Writes down the ids of the last run of newborns. */
  #settle(): void {
    if (this.#run === 0) return;
    this.#ids.pushRun(this.#prefix, this.#distance, this.#run);
    this.#asked.pushNone(this.#run);
    this.#run = 0;
  }

  /** @throws RangeError outside of 0 to length - 1 */
  at(index: number): Evaluation<A> {
    this.#settle();
    const found = this.#found.at(index) ?? -1;
    const architecture = this.findings.architecture(found);
    const place = index - this.#histories.originOf(this.historyAt(index));
    const id = this.#ids.at(index, place) as string; // every evaluation is pushed with one
    const parent = this.#parents.at(index, this.#ids.numberAt(index, place));
    const asked = { budget: this.#asked.at(index), parent, ...this.#rest.get(index) };
    return { proposal: { id, architecture, ...defined(asked) }, ...this.findings.outcome(found) };
  }

  /** The simulated clock when evaluation `index` was known. */
  timeOf(index: number): number {
    return this.#times.at(index);
  }

  /** One cost of an evaluation; 0 where it has none. */
  costOf(index: number, unit: keyof Cost): number {
    return this.findings.cost(this.#found.at(index) ?? -1, unit);
  }

  /** What an evaluation adds to the clock where one comes after the other. */
  durationOf(index: number): number {
    return this.clock === 'evaluations' ? 1 : this.costOf(index, this.clock);
  }

  /** The evaluations from `from` to before `to`; later ones do not change it. */
  snapshot(from = 0, to = this.#length): State {
    this.#settle();
    const found = this.#found.integers(from, to);
    // Those that the part is about, in the order in which they come first.
    const distinct = numberByFirst(found, this.findings.length);
    const state: LogState = {
      format: FORMAT,
      length: to - from,
      clock: this.clock,
      ...this.#histories.snapshot(from, to),
      columns: {
        id: this.#ids.snapshot(from, to),
        parent: this.#parents.snapshot(from, to),
        asked: this.#asked.snapshot(from, to),
        time: this.#times.snapshot(from, to),
        found: compactNumbers(found, distinct.length),
      },
      findings: this.findings.pick(distinct),
      rest: [...this.#rest]
        .filter(([index]) => index >= from && index < to)
        .map(([index, rest]) => [index - from, rest] as const),
    };
    return state as unknown as State;
  }
}

/** @throws ArcherError `ARCHER_FORMAT` for the state of another version's log */
function checked(saved: State): LogState {
  return ofLayout('These evaluations are', saved, FORMAT);
}
