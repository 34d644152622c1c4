import {
  type EvaluationContext,
  type EvaluationLog,
  type Merit,
  meritOf,
  type Objective,
  type Outcome,
} from '@archer-nas/core';
import { durationOf } from './flights.ts';
import type { Limits } from './options.ts';
import type { LookUp, RecordedFindings, RecordedValues } from './parts.ts';

/** What a search of recorded values is after. */
export interface RecordedOf {
  readonly lookUp: LookUp<number>;
  /** How many codes there are. */
  readonly size: number;
  readonly objective: Objective;
  readonly limits: Limits;
}

/**
 * Recorded values by the codes of architectures, each looked up once for all searches of a
 * strategy.
 */
export class Recorded implements RecordedValues<number> {
  readonly #of: RecordedOf;
  readonly #outcomes: Outcome[] = [];
  readonly #logs = new WeakMap<EvaluationLog<number>, FindingsOfCodes>();

  constructor(of: RecordedOf) {
    this.#of = of;
  }

  findingsIn(log: EvaluationLog<number>): FindingsOfCodes {
    const known = this.#logs.get(log);
    if (known !== undefined) return known;
    const made = new FindingsOfCodes(log, this.#of, (code, context) => this.#lookUp(code, context));
    this.#logs.set(log, made);
    return made;
  }

  #lookUp(code: number, context: EvaluationContext): Outcome {
    const known = this.#outcomes[code];
    if (known !== undefined) return known;
    const outcome = this.#of.lookUp({ id: '', architecture: code }, context);
    this.#outcomes[code] = outcome;
    return outcome;
  }
}

/** What a row has: */
const DURATION = 0;
const VIOLATION = 1;
const FITNESS = 2;
const WIDTH = 3;

/**
 * The findings of a log by code, each put there when it is first asked for. What every
 * evaluation needs of one lies together: a search jumps from architecture to architecture, and
 * objects, or columns, that lie all over the memory take several times as long to reach.
 */
class FindingsOfCodes implements RecordedFindings<number> {
  readonly #log: EvaluationLog<number>;
  readonly #of: RecordedOf;
  readonly #lookUp: (code: number, context: EvaluationContext) => Outcome;
  /** By code: the place + 1; 0 where it is not asked for yet. */
  readonly #places: Int32Array;
  /** A row per code, which the processor fetches as one. */
  readonly #rows: Float64Array;
  readonly #outcomes: Outcome[] = [];
  /** Places of findings that were there before. */
  readonly #known = new Map<number, number>();
  readonly #merit: Merit = { violation: Number.NaN, fitness: Number.NaN };

  constructor(
    log: EvaluationLog<number>,
    of: RecordedOf,
    lookUp: (code: number, context: EvaluationContext) => Outcome,
  ) {
    this.#log = log;
    this.#of = of;
    this.#lookUp = lookUp;
    this.#places = new Int32Array(of.size);
    this.#rows = new Float64Array(WIDTH * of.size);
    const { findings } = log;
    // A log that is resumed has some.
    for (let place = 0; place < findings.length; place++) {
      this.#known.set(findings.architecture(place), place);
    }
  }

  place(code: number, context: EvaluationContext): number {
    const next = this.#places[code] as number;
    return next > 0 ? next - 1 : this.#find(code, context);
  }

  outcome(code: number): Outcome {
    return this.#outcomes[code] as Outcome;
  }

  duration(code: number): number {
    return this.#rows[WIDTH * code + DURATION] as number;
  }

  merit(code: number): Readonly<Merit> {
    this.#merit.violation = this.#rows[WIDTH * code + VIOLATION] as number;
    this.#merit.fitness = this.#rows[WIDTH * code + FITNESS] as number;
    return this.#merit;
  }

  #find(code: number, context: EvaluationContext): number {
    const outcome = this.#lookUp(code, context);
    const place = this.#known.get(code) ?? this.#log.findings.push(code, outcome);
    const { violation, fitness } = meritOf(outcome, this.#of.objective);
    const duration = durationOf(outcome, this.#of.limits);
    const row = WIDTH * code;
    this.#places[code] = place + 1;
    this.#rows[row + DURATION] = duration;
    this.#rows[row + VIOLATION] = violation;
    this.#rows[row + FITNESS] = fitness;
    this.#outcomes[code] = outcome;
    return place;
  }
}
