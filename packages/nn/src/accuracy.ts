import { tf } from '@archer-nas/engine';
import { type Batch, type BatchReader, passOver, plainBatches } from './batches.ts';
import { correctCount } from './cross-entropy.ts';
import type { Forward, Gate, Network, NormStatistics, ParameterSource } from './network.ts';

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
 * order; forward only, no tape. Waits for the device once.
 */
export function evaluateAccuracy(
  network: Network,
  parameters: ParameterSource,
  gates: readonly Gate[],
  images: BatchReader,
  { batch, batches = 'all', batchNorm = 'batch', statistics }: AccuracyOptions,
): number {
  const forward = { parameters, batchNorm, ...(statistics === undefined ? {} : { statistics }) };
  const used = batchIndices(images.size, batch, batches);
  return accuracyOver(network, gates, forward, () => plainBatches(images, used));
}

/** Percent correct over the batches that `read` yields; they stay the caller's. */
export function accuracyOver(
  network: Network,
  gates: readonly Gate[],
  forward: Forward,
  read: () => Iterable<Batch>,
): number {
  const { hits, images } = hitsOver(network, gates, forward, read());
  return (100 * hits) / images;
}

/** Correctly classified images among those of `batches`, which stay the caller's. */
export function hitsOver(
  network: Network,
  gates: readonly Gate[],
  forward: Forward,
  batches: Iterable<Batch>,
): { readonly hits: number; readonly images: number } {
  let total = 0;
  const counts: tf.Scalar[] = [];
  for (const batch of batches) {
    const { images, labels, size } = batch;
    total += size;
    const pass = passOver(batch, forward);
    counts.push(tf.tidy(() => correctCount(network.forward(images, gates, pass), labels)));
  }
  if (counts.length === 0) throw new RangeError('There are no images to evaluate on.');
  const hits = tf.tidy(() => tf.addN(counts).dataSync()[0] ?? 0);
  tf.dispose(counts);
  return { hits, images: total };
}

/** The first `batches` batches of a split in its own order; the last may be smaller. */
export function batchIndices(
  size: number,
  batch: number,
  batches: 'all' | number = 'all',
): Int32Array[] {
  const all = Math.ceil(size / batch);
  const count = batches === 'all' ? all : Math.min(batches, all);
  return Array.from({ length: count }, (_, b) => {
    const length = Math.min(batch, size - b * batch);
    return Int32Array.from({ length }, (__, i) => b * batch + i);
  });
}
