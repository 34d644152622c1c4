import type { State, Streams } from '@archer-nas/core';
import type { Gradients } from './clipping.ts';
import type { ParameterSpec, Path, Site } from './network.ts';

/**
 * How a supernet becomes several, each with weights of its own; what a plugin of kind `split` creates.
 * The supernet is trained, split, and every supernet that came of it is trained; then each of these
 * is split, and so on.
 */
export interface SplitRecipe {
  /**
   * The splits, one after the other.
   *
   * @param sites of the supernet that has all options
   * @throws ArcherError when it cannot be split so
   */
  plan(sites: readonly Site[]): readonly SplitPlan[];
  /** Begins to split one supernet. */
  begin(context: SplitContext, saved?: State): Splitter;
}

/** One split of every supernet that there is. */
export interface SplitPlan {
  /** Supernets that come of each. */
  readonly into: number;
  /** Steps that a {@link Splitter} takes for each. */
  readonly steps: number;
  /** That each of the new supernets is trained. */
  readonly epochs: number;
  /**
   * What a new supernet takes over: its `weights`, while optimiser and learning rate start anew; all
   * of these (`everything`); or `nothing`.
   */
  readonly inherits: 'nothing' | 'weights' | 'everything';
}

/** The supernet that is split. */
export interface SplitContext {
  /** Its options are counted anew; those of decisions that were split before are fewer. */
  readonly sites: readonly Site[];
  /** As of its network. @see Network.perNode */
  readonly perNode?: number | undefined;
  readonly parameters: readonly ParameterSpec[];
  /** Decisions that it came of. */
  readonly before: readonly number[];
  readonly streams: Streams;
  /**
   * The gradients of the loss of several paths on one augmented batch of train images, which is random
   * and new in every call; freed when `use` has returned.
   */
  gradients<T>(paths: readonly Path[], use: (gradients: readonly Gradients[]) => T): T;
}

/** Decides how one supernet is split. */
export interface Splitter {
  /** Step `at` of those that the plan has said. */
  step(at: number): void;
  /** After the last step. */
  split(): Split;
  readonly state: State;
}

/** Each new supernet has some options of one decision, and all of the others. */
export interface Split {
  readonly decision: number;
  /** Of options as the context counts them: every one is in one group. */
  readonly groups: readonly (readonly number[])[];
  /** What the split was chosen by. */
  readonly metrics?: Readonly<Record<string, number>>;
}
