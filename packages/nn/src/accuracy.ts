import type { BatchReader } from './batches.ts';
import type { Gate, Network, NormStatistics, ParameterSource } from './network.ts';

/** Options of {@link evaluateAccuracy}. */
export interface AccuracyOptions {
  /** Images per batch; with batch statistics the result depends on it. */
  readonly batch: number;
  /** How many batches from the start of the split. */
  readonly batches?: 'all' | number;
  readonly batchNorm?: 'batch' | 'running';
  /** Needed for `running`. */
  readonly statistics?: NormStatistics;
}

/**
 * Share of correctly classified images in percent, without augmentation, in the split's
 * order; forward only, no tape.
 */
export function evaluateAccuracy(
  network: Network,
  parameters: ParameterSource,
  gates: readonly Gate[],
  images: BatchReader,
  options: AccuracyOptions,
): number {
  throw new Error('not written yet');
}
