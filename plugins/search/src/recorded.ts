import {
  type EvaluationContext,
  type Merit,
  meritOf,
  type Objective,
  type Outcome,
} from '@archer-nas/core';
import { durationOf } from './flights.ts';
import type { Limits } from './options.ts';
import type { LookUp, RecordedValues } from './parts.ts';

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
 * strategy. What every evaluation needs is in columns: a search jumps from architecture to
 * architecture, and objects that lie all over the memory take several times as long to reach.
 */
export class Recorded implements RecordedValues<number> {
  readonly #of: RecordedOf;
  readonly #outcomes: Outcome[] = [];
  readonly #durations: Float64Array;
  readonly #violations: Float64Array;
  readonly #fitness: Float64Array;
  readonly #merit: Merit = { violation: Number.NaN, fitness: Number.NaN };

  constructor(of: RecordedOf) {
    this.#of = of;
    this.#durations = new Float64Array(of.size);
    this.#violations = new Float64Array(of.size);
    this.#fitness = new Float64Array(of.size);
  }

  outcome(code: number, context: EvaluationContext): Outcome {
    return this.#outcomes[code] ?? this.#lookUp(code, context);
  }

  /** On the simulated clock, of a code whose outcome was asked for. */
  duration(code: number): number {
    return this.#durations[code] as number;
  }

  /** Of a code whose outcome was asked for. Good until the next. */
  merit(code: number): Readonly<Merit> {
    this.#merit.violation = this.#violations[code] as number;
    this.#merit.fitness = this.#fitness[code] as number;
    return this.#merit;
  }

  #lookUp(code: number, context: EvaluationContext): Outcome {
    const { lookUp, objective, limits } = this.#of;
    const { proposal: _, ...outcome } = lookUp({ id: '', architecture: code }, context);
    const { violation, fitness } = meritOf(outcome, objective);
    this.#durations[code] = durationOf(outcome, limits);
    this.#violations[code] = violation;
    this.#fitness[code] = fitness;
    this.#outcomes[code] = outcome;
    return outcome;
  }
}
