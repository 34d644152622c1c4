import { tf } from '@archer-nas/engine';
import { type Batch, passOver } from './batches.ts';
import type { Forward, Gate, Network, ParameterSource } from './network.ts';
import { RunningStatistics } from './norm-statistics.ts';

/**
 * Batch-norm statistics of a path as the plain mean over `batches` (variances unbiased), the
 * closest to the population that these images allow. The caller disposes them.
 */
export function recalibrate(
  network: Network,
  parameters: ParameterSource,
  gates: readonly Gate[],
  batches: Iterable<Batch>,
): RunningStatistics {
  const statistics = new RunningStatistics({ momentum: 'cumulative' });
  const forward: Forward = { parameters, batchNorm: 'train', statistics };
  for (const batch of batches) {
    tf.tidy(() => void network.forward(batch.images, gates, passOver(batch, forward)));
  }
  return statistics;
}
