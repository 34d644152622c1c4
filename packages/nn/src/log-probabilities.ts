import { tf } from '@archer-nas/engine';
import { type AccuracyOptions, batchIndices } from './accuracy.ts';
import { type BatchReader, passOver, plainBatches } from './batches.ts';
import type { Gate, Network, ParameterSource } from './network.ts';

/**
 * ln p of every class for every image, row by row, [images, classes]: without augmentation, in the
 * split's order, forward only.
 */
export function logProbabilities(
  network: Network,
  parameters: ParameterSource,
  gates: readonly Gate[],
  images: BatchReader,
  { batch, batches = 'all', batchNorm = 'batch', statistics }: AccuracyOptions,
): Float32Array {
  const forward = { parameters, batchNorm, ...(statistics === undefined ? {} : { statistics }) };
  const used = batchIndices(images.size, batch, batches);
  const count = used.reduce((sum, { length }) => sum + length, 0);
  const rows = new Float32Array(count * network.classes);
  let at = 0;
  for (const next of plainBatches(images, used)) {
    const logP = tf.tidy(() =>
      tf.logSoftmax(network.forward(next.images, gates, passOver(next, forward))).dataSync(),
    );
    rows.set(logP, at);
    at += logP.length;
  }
  return rows;
}
