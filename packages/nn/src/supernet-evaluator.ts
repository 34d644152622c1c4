import type { DataSet, DataSplit, Evaluator } from '@archer-nas/core';
import type { Network, ParameterSource, Path } from './network.ts';

/** What a supernet's evaluator needs. */
export interface SupernetEvaluatorOptions<A> {
  readonly network: Network;
  /** Read at every step: training in between changes the scores. */
  readonly parameters: ParameterSource;
  readonly data: DataSet;
  /** The options that an architecture takes at the supernet's sites. */
  readonly path: (a: A) => Path;
  /** Images per evaluation batch; 512 unless given. */
  readonly batch?: number;
  /**
   * `batch`: statistics of the evaluation batch (default). Otherwise running statistics are
   * re-estimated for each architecture from `batches` batches of `split`, without
   * augmentation.
   */
  readonly batchNorm?: 'batch' | { readonly split: DataSplit; readonly batches: number };
}

/**
 * Inherited accuracy: each proposal's path through the supernet on `context.images`, metric
 * `accuracy` in percent. A job's step evaluates one architecture.
 */
export function supernetEvaluator<A>(options: SupernetEvaluatorOptions<A>): Evaluator<A> {
  throw new Error('not written yet');
}
