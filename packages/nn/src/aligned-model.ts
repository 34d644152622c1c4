import { tf, untaped } from '@archer-nas/engine';
import { type Batch, passOver } from './batches.ts';
import { crossEntropy } from './cross-entropy.ts';
import type { Model } from './model.ts';
import type { Network, Path } from './network.ts';
import { pathFeatures } from './path-features.ts';

/** What paths are aligned with. */
export interface Alignment {
  readonly anchor: Path;
  /** λ: factor of the distance. */
  readonly factor: number;
  /** ‖F − F(anchor)‖² over its size, or over ‖F(anchor)‖². */
  readonly distance: 'squared' | 'relative';
}

/**
 * A network whose loss has a second term, the distance of a single path's block outputs from those
 * of another path with the same weights: CE + λ · mean_b d(F_b, F_b(anchor)). The anchor's outputs
 * are constants. So weights that both share can grow in chase of what grows with them; the relative
 * distance is the same for maps of all scales.
 */
export function alignedModel(network: Network, { anchor, factor, distance }: Alignment): Model {
  const { sites, parameters } = network;
  return {
    sites,
    parameters,
    loss: (batch: Batch, gates, forward, options) => {
      const { images, labels } = batch;
      const pass = passOver(batch, forward);
      const path = gates.map(({ support }) => support[0] ?? -1);
      const target = untaped(() => pathFeatures(network, anchor, images, pass).blocks);
      const { logits, blocks } = pathFeatures(network, path, images, pass);
      const main = crossEntropy(logits, labels, options);
      const distances = blocks.flatMap((block, b) => {
        const fixed = target[b];
        if (block === undefined || fixed === undefined) return [];
        return [DISTANCE[distance](block, fixed)];
      });
      if (distances.length === 0) return main;
      const alignment = tf.mul(tf.addN(distances), factor / distances.length);
      return { ...main, mean: tf.add<tf.Scalar>(main.mean, alignment) };
    },
  };
}

/** Of an anchor's map that is all zeros: no distance is infinite. */
const LEAST_SCALE = 1e-6;

const squared = (map: tf.Tensor, anchor: tf.Tensor): tf.Scalar =>
  tf.mean<tf.Scalar>(tf.square(tf.sub(map, anchor)));

const DISTANCE = {
  squared,
  relative: (map: tf.Tensor, anchor: tf.Tensor): tf.Scalar => {
    const scale = untaped(() => tf.maximum(tf.mean(tf.square(anchor)), LEAST_SCALE));
    return tf.div<tf.Scalar>(squared(map, anchor), scale);
  },
};
