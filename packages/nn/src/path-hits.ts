import { tf } from '@archer-nas/engine';
import { type Batch, passOver } from './batches.ts';
import { correctCount } from './cross-entropy.ts';
import { type ForwardPathsOptions, forwardPaths } from './forward-paths.ts';
import { pathGates } from './gates.ts';
import type { ArchitecturePath, Forward, Network, ParameterSource, Path } from './network.ts';
import { planPaths } from './path-plan.ts';

/** Counts the images of a batch that each of some paths classifies correctly. */
export interface PathHits {
  /**
   * Of one batch, path by path in their order, with the batch's statistics; waits for the
   * device once. Rejects between two paths when `signal` aborts.
   */
  of(batch: Batch, signal?: AbortSignal): Promise<Float64Array>;
}

/**
 * Makes {@link PathHits}. What the paths have in common is computed once where the network has
 * pieces.
 */
export function pathHits(
  network: Network,
  parameters: ParameterSource,
  paths: readonly ArchitecturePath[],
  options: ForwardPathsOptions = {},
): PathHits {
  const forward: Forward = { parameters, batchNorm: 'batch' };
  const { pieces } = network;
  // A network in pieces has one option per site.
  const plan = pieces && planPaths(pieces, paths as readonly Path[]);
  const order = plan?.order ?? paths.map((_, at) => at);
  return {
    async of(batch, signal) {
      const { images, labels } = batch;
      const pass = passOver(batch, forward);
      const all =
        pieces && plan
          ? forwardPaths(pieces, plan, images, pass, options)
          : forwardEach(network, paths, images, pass);
      const counts: tf.Scalar[] = [];
      try {
        for (const logits of all) {
          counts.push(tf.tidy(() => correctCount(logits, labels)));
          // Timers and signals have their turn.
          await tf.nextFrame();
          signal?.throwIfAborted();
        }
        const sorted = tf.tidy(() => tf.stack(counts).dataSync());
        const hits = new Float64Array(paths.length);
        for (const [at, path] of order.entries()) hits[path] = sorted[at] ?? Number.NaN;
        return hits;
      } finally {
        tf.dispose(counts);
      }
    },
  };
}

function* forwardEach(
  network: Network,
  paths: readonly ArchitecturePath[],
  images: tf.Tensor4D,
  forward: Forward,
): Generator<tf.Tensor2D> {
  for (const path of paths) {
    const logits = tf.tidy(() => network.forward(images, pathGates(path), forward));
    try {
      yield logits;
    } finally {
      logits.dispose();
    }
  }
}
