import { type ArchitectureColumn, architectureColumn } from './architecture-column.ts';
import { Column } from './column.ts';
import type { Cost, Outcome, Point } from './evaluation.ts';
import { Budgets, NumberRecords } from './record-columns.ts';
import type { SearchSpace } from './space.ts';
import type { State } from './state.ts';

const STATUSES = ['final', 'partial', 'failed', 'infeasible'] as const;

/** What few outcomes have. */
interface Rest {
  readonly reason?: string;
  readonly curve?: readonly Point[];
}

interface FindingsState {
  readonly length: number;
  readonly architectures: State;
  readonly columns: Readonly<Record<string, State>>;
  readonly rest: readonly (readonly [number, Rest])[];
}

/**
 * Architectures with what is known of them, in columns. Where an architecture always has the
 * same outcome, as in a table, one finding stands for all of its evaluations.
 */
export class Findings<A> {
  readonly #architectures: ArchitectureColumn<A>;
  readonly #budgets: Budgets;
  readonly #status: Column;
  readonly #metrics: NumberRecords;
  readonly #cost: NumberRecords;
  readonly #rest: Map<number, Rest>;
  #length: number;

  /** @param saved what {@link pick} gave */
  constructor(space: SearchSpace<A>, saved?: State) {
    const {
      length = 0,
      architectures,
      columns = {},
      rest = [],
    } = (saved ?? {}) as Partial<FindingsState>;
    this.#length = length;
    this.#architectures = architectureColumn(space, length, architectures);
    this.#budgets = new Budgets(length, columns.budget);
    this.#status = new Column('int32', length, columns.status);
    this.#metrics = new NumberRecords(length, columns.metrics);
    this.#cost = new NumberRecords(length, columns.cost);
    this.#rest = new Map(rest);
  }

  get length(): number {
    return this.#length;
  }

  /** @returns the place of the finding */
  push(architecture: A, { budget, status, metrics, cost, reason, curve }: Outcome): number {
    this.#architectures.push(architecture);
    this.#budgets.push(budget);
    this.#status.push(STATUSES.indexOf(status));
    this.#metrics.push(metrics);
    this.#cost.push(cost as Readonly<Record<string, number>>);
    if (reason !== undefined || curve !== undefined) {
      const points = curve?.map(({ at, value }) => ({ at, value }));
      this.#rest.set(this.#length, defined({ reason, curve: points }) as Rest);
    }
    return this.#length++;
  }

  /** @throws RangeError outside of 0 to length - 1 */
  architecture(place: number): A {
    return this.#architectures.at(place);
  }

  outcome(place: number): Outcome {
    const { reason, curve } = this.#rest.get(place) ?? {};
    return {
      metrics: this.#metrics.at(place),
      cost: this.#cost.at(place) as Cost,
      status: STATUSES[this.#status.at(place) ?? 0] ?? 'final',
      ...defined({ budget: this.#budgets.at(place), curve, reason }),
    };
  }

  /** One cost of a finding; 0 where it has none. */
  cost(place: number, unit: keyof Cost): number {
    return this.#cost.value(place, unit, 0);
  }

  /** Those at `places`, each of which stands there once. */
  pick(places: Int32Array): State {
    const rest: (readonly [number, Rest])[] = [];
    if (this.#rest.size > 0) {
      places.forEach((place, i) => {
        const own = this.#rest.get(place);
        if (own !== undefined) rest.push([i, own]);
      });
    }
    const state: FindingsState = {
      length: places.length,
      architectures: this.#architectures.pick(places),
      columns: {
        budget: this.#budgets.pick(places),
        status: this.#status.pick(places),
        metrics: this.#metrics.pick(places),
        cost: this.#cost.pick(places),
      },
      rest,
    };
    return state as unknown as State;
  }
}

/** Without the fields that are `undefined`. */
export function defined<T extends object>(
  fields: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept: { [K in keyof T]?: Exclude<T[K], undefined> } = {};
  for (const key in fields) {
    const value = fields[key];
    if (value !== undefined) kept[key] = value as never; // it is not undefined
  }
  return kept;
}
