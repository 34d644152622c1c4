import type { Cost, Evaluation, Evaluator, Objective } from './evaluation.ts';
import type { ClockUnit, EvaluationLog } from './evaluation-log.ts';
import type { Job, Table } from './job.ts';
import type { SearchSpace } from './space.ts';
import type { State } from './state.ts';
import type { Streams } from './stream.ts';

/** What the runtime gives a search. Space, data and parts come through `create`. */
export interface SearchContext {
  readonly streams: Streams;
  /**
   * Where a search that looks its evaluations up may write them, instead of to a log of its own:
   * then they are neither in its state nor in its reports.
   */
  readonly history?: HistoryPlace;
  /** Values by parameter name that another run ended with; only where `takesWeights`. */
  readonly weights?: State;
}

/** The place of one search in a log that others have written to. @see SharedLog */
export interface HistoryPlace {
  /** The number of its history. */
  readonly number: number;
  /** The log, with this history begun, which is the last. */
  open<A>(space: SearchSpace<A>, clock: ClockUnit): EvaluationLog<A>;
}

/** All evaluations of one search, in the order in which it came to know them. */
export interface History<A> {
  /** Which of several searches: the sampler's or strategy's id, or the name its block gives. */
  readonly arm: string;
  /** Which repetition, from 0; the same number in two arms pairs them. */
  readonly repeat: number;
  readonly objective: Objective;
  /** How many evaluations. */
  readonly length: number;
  /** @throws RangeError outside of 0 to length - 1 */
  at(index: number): Evaluation<A>;
  /** Simulated clock when evaluation `index` was known: what has been paid by then. */
  paid(index: number): Cost;
  /** The history in little space, for those who keep many; `EvaluationLog.from` reads it. */
  snapshot?(): State;
}

/**
 * What studies and exports may look at. Names are the contract: a study that needs
 * `scores` requires the capability `view:scores`, and a strategy that has it provides it.
 */
export interface Views<A> {
  /** The search's own opinion of any architecture (for a supernet: inherited accuracy). */
  readonly scores?: Evaluator<A>;
  /** The same evaluator before any training: the baseline of every supernet. */
  readonly untrained?: Evaluator<A>;
  /** What was evaluated, one per repetition of each arm; for regret curves and paired tests. */
  readonly histories?: readonly History<A>[];
  /** What the search has chosen from at its end. */
  readonly candidates?: Candidates<A>;
  /** Writes an architecture with its weights. */
  readonly exporter?: Exporter<A>;
  /** The shared weights: their state is what another search may begin with. */
  readonly supernet?: { readonly parameters: { readonly state: State } };
  readonly [name: string]: unknown;
}

/** What a search chooses its result from. */
export interface Candidates<A> {
  /** With the scores that decide, the best first; equal ones in the order in which they were scored. */
  evaluations(): readonly Evaluation<A>[];
  /** Architectures that the search has scored in all, to learn or to choose; one counts each time. */
  judged(): number;
}

/** Turns an architecture into files; the runtime writes them. */
export interface Exporter<A> {
  readonly formats: readonly string[];
  export(a: A, format: string): Promise<Readonly<Record<string, Uint8Array | string>>>;
}

/** What a search has found. */
export interface SearchResult<A> {
  readonly best: readonly Evaluation<A>[];
  readonly metrics: Readonly<Record<string, number>>;
  readonly tables?: Readonly<Record<string, Table>>;
  readonly notes?: readonly string[];
}

/** A search in progress. */
export interface Search<A> extends Job {
  /** The best so far, at any time; a front where there are several objectives. */
  incumbents(): readonly Evaluation<A>[];
  readonly views: Views<A>;
  /** Called once, after the last step. */
  result(): Promise<SearchResult<A>>;
}

/** An algorithm. It holds no state of its own: `begin` makes the search, also from saved state. */
export interface Strategy<A> {
  /** A search may begin with the weights of another run: see {@link SearchContext.weights}. */
  readonly takesWeights?: boolean;
  begin(context: SearchContext, saved?: State): Promise<Search<A>>;
}
