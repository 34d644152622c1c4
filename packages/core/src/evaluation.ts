import type { AnySplit } from './data.ts';
import type { Job, Progress, Report } from './job.ts';
import type { State } from './state.ts';
import type { Stream, Streams } from './stream.ts';

/** A fidelity: how much training or data an evaluation may use. */
export interface Budget {
  readonly amount: number;
  readonly unit: 'epoch' | 'step' | 'batch' | 'second';
}

/** What an evaluation has cost. */
export interface Cost {
  readonly epochs?: number;
  readonly images?: number;
  /** Recorded (table) or simulated seconds; measured time is telemetry instead. */
  readonly seconds?: number;
}

/** A named quantity of an evaluation. */
export interface MetricSpec {
  readonly name: string;
  readonly unit: string;
  readonly direction: 'maximise' | 'minimise';
}

export interface Point {
  readonly at: number;
  readonly value: number;
}

/** An architecture to be evaluated. */
export interface Proposal<A> {
  readonly id: string;
  readonly architecture: A;
  readonly budget?: Budget;
  readonly parent?: string;
  readonly continues?: string;
  /** Importance weight 1/(N p) of a draw from a non-uniform distribution; 1 when absent. */
  readonly weight?: number;
}

/** What is known of a proposal afterwards. */
export interface Evaluation<A> {
  readonly proposal: Proposal<A>;
  readonly budget?: Budget;
  readonly metrics: Readonly<Record<string, number>>;
  /** Arrays that came with it, e.g. gradient norms per site and option. */
  readonly signals?: Readonly<Record<string, Float32Array>>;
  readonly curve?: readonly Point[];
  readonly cost: Cost;
  readonly status: 'final' | 'partial' | 'failed' | 'infeasible';
  readonly reason?: string;
}

/** What is known of a proposal, whosever it was. */
export type Outcome = Omit<Evaluation<unknown>, 'proposal'>;

/**
 * Which architecture next. Its life: `propose`, the evaluations come back through
 * `observe`, and so on; `advance` marks the end of an epoch or round, for samplers whose
 * distribution is frozen in between.
 */
export interface Sampler<A> {
  propose(n: number, stream: Stream): readonly Proposal<A>[] | 'wait' | 'done';
  observe(evaluations: readonly Evaluation<A>[]): void;
  /** `progress.done` epochs or rounds of `progress.total` are complete. */
  advance?(progress: Progress): Report;
  readonly state: State;
  /** Of a sampler that narrows the space, so that training can follow. */
  readonly stages?: Stages<A>;
  /** The same sampler for those who need no object per proposal. */
  readonly numbered?: import('./numbered-sampler.ts').NumberedSampler<A>;
}

/**
 * A search that narrows the space stage by stage. What trains the weights that it scores with does
 * so between two stages, on what is left of the space; `advance` then tells what a stage has found.
 */
export interface Stages<A> {
  /** Stages that are complete: one more with the last evaluation that a stage has asked for. */
  readonly done: number;
  /** Of the whole search. What it proposes after the last stage is its final choice. */
  readonly total: number;
  /** Proposals of the whole search, where that is known beforehand. */
  readonly evaluations?: number;
  /** A random architecture of what is left. */
  draw(stream: Stream): A;
}

/** Makes samplers over decisions or spaces; what a plugin of kind `sampler` creates. */
export interface SamplerRecipe {
  /** What its searches are called in tables and histories, unless their block says otherwise. */
  readonly name?: string;
  /** How many proposals a sampler makes before it is `done`, where that is known beforehand. */
  readonly evaluations?: number;
  /** It proposes the same whatever it observes: random draws, a grid. */
  readonly blind?: boolean;
  begin<A>(context: SamplerContext<A>, saved?: State): Sampler<A>;
}

export interface SamplerContext<A> {
  readonly space: import('./space.ts').SearchSpace<A>;
  /** The first metric that counts, and its direction. */
  readonly metric: MetricSpec;
  /** What is better; of several metrics where the manifest says so. */
  readonly objective: Objective;
}

/** What an evaluator may use. */
export interface EvaluationContext {
  /** The images or text to score on; absent for evaluators that need none. */
  readonly images?: AnySplit;
  /**
   * Further splits to score on where that needs nothing but looking: their metrics have the split's
   * name in front, as `test-accuracy`. Whoever records, or has one score only, leaves them out.
   */
  readonly also?: readonly AnySplit[];
  /** How many batches of `images`, and of the further splits. */
  readonly batches: 'all' | number;
  readonly budget?: Budget;
  readonly streams: Streams;
}

/** A running batch of evaluations. */
export interface EvaluationJob<A> extends Job {
  /** Those that are finished, in the order of the proposals. */
  evaluations(): readonly Evaluation<A>[];
}

/** How good is it: shared weights, a table, training from scratch, a proxy, a predictor. */
export interface Evaluator<A> {
  readonly metrics: readonly MetricSpec[];
  /** One line for reports: what was measured and how. */
  readonly description?: string;
  /**
   * Names everything that the values depend on besides architecture, images and streams
   * (recipe, data, engine class), so that they can be kept for later runs; absent: they are not.
   */
  readonly identity?: string;
  /** Of recorded values: the hash of their content, part of a run's fingerprint like the data's. */
  readonly hash?: string;
  /**
   * Whether look-ups depend on architecture and budget alone, as those in a table do: then one
   * answer does for a whole run. Not where they draw from the context's streams.
   */
  readonly recorded?: boolean;
  /**
   * Which of several sources an architecture's values are from, such as supernets that differ in more
   * than their weights for it; absent: they have one source.
   */
  group?(a: A): number;
  start(
    proposals: readonly Proposal<A>[],
    context: EvaluationContext,
    saved?: State,
  ): EvaluationJob<A>;
  /**
   * The same evaluation at once, where values are known without computing (a table, a
   * formula), so that a search can make thousands of them in one step. Pure.
   */
  lookUp?(proposal: Proposal<A>, context: EvaluationContext): Evaluation<A>;
}

/** Whether to go on with a partial evaluation. */
export interface StoppingRule<A> {
  decide(partial: Evaluation<A>, others: readonly Evaluation<A>[]): 'continue' | 'stop';
}

export type Metrics = Readonly<Record<string, number>>;

/** A limit that a solution must keep. */
export interface Constraint {
  readonly metric: string;
  readonly at: 'most' | 'least';
  readonly limit: number;
}

/** What is better, of evaluated architectures. What a plugin of kind `objective` creates. */
export interface Objective {
  /** What must be measured, by the evaluator or as a cost of the space. */
  readonly metrics: readonly MetricSpec[];
  readonly constraints: readonly Constraint[];
  /**
   * -1 when `a` is better, 1 when `b` is, 0 when they are equal, `undefined` when neither is
   * (several metrics, each better in one). Less violation is better than any metric.
   */
  compare(a: Metrics, b: Metrics): -1 | 0 | 1 | undefined;
  /** How far the constraints are missed: 0 when all are kept, else positive, without unit. */
  violation(metrics: Metrics): number;
  /** The one number that is maximised, where there is one. */
  scalar?(metrics: Metrics): number;
  /** The corner from which hypervolume is measured, by metric, where the manifest states it. */
  readonly reference?: Metrics;
}
