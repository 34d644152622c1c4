import type {
  EvaluationContext,
  EvaluationLog,
  Evaluator,
  Merit,
  Objective,
  Outcome,
  SamplerRecipe,
  SearchSpace,
} from '@archer-nas/core';

/** What an ask-and-tell search is made of. */
export interface SearchParts<A> {
  readonly space: SearchSpace<A>;
  readonly evaluator: AskedEvaluator<A>;
  readonly sampler: SamplerRecipe;
  readonly objective: Objective;
  /** Where values are recorded and the space is one of codes. */
  readonly recorded?: RecordedValues<A> | undefined;
  /** Images that the evaluator scores on; absent where the manifest has no data. */
  readonly images?: EvaluationContext['images'] | undefined;
}

/** An evaluator that looks up, or one that has to be started. */
export type AskedEvaluator<A> =
  | { readonly lookUp: LookUp<A> }
  | { readonly lookUp?: undefined; readonly start: Evaluator<A>['start'] };

/** Says what is known of a proposal's architecture, at once. */
export type LookUp<A> = NonNullable<Evaluator<A>['lookUp']>;

/** Values that depend on the architecture alone, and what they mean to this search. */
export interface RecordedValues<A> {
  findingsIn(log: EvaluationLog<A>): RecordedFindings<A>;
}

/** The same as findings of a log. What it says of an architecture, it says once asked for its place. */
export interface RecordedFindings<A> {
  /** The place of an architecture's finding, which is put there if need be. */
  place(architecture: A, context: EvaluationContext): number;
  outcome(architecture: A): Outcome;
  /** On the simulated clock. */
  duration(architecture: A): number;
  /** Good until the next. */
  merit(architecture: A): Readonly<Merit>;
}
