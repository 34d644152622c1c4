import { ArcherError, EXIT } from '@archer-nas/core';
import type { AlphaPoint, BatchLoss, Mixture, Relaxation, RelaxedView, Rows } from '@archer-nas/nn';

/** @throws ArcherError `ARCHER_CAPABILITY` where the loss is no function of α alone */
export function alphaPointOf({ point }: Relaxation): AlphaPoint {
  if (point !== undefined) return point;
  throw new ArcherError('ARCHER_CAPABILITY', 'This relaxation has no loss by α alone.', {
    hint: 'Ask about a search with a mixture, such as darts.',
    exit: EXIT.manifest,
  });
}

/** What studies look with. */
export interface RelaxedLooks {
  /** What modifiers add to every mixture. */
  complete(mixture: Mixture): Mixture;
  /** Gives the loss on a batch to `use`, and frees what that makes; not the batch. */
  using(batch: Parameters<RelaxedView['gradientAt']>[1], use: (loss: BatchLoss) => Rows): Rows;
}

/** What studies may ask of the loss around α as it is when they ask. */
export function relaxedView(
  relaxation: Relaxation,
  { complete, using }: RelaxedLooks,
): RelaxedView {
  const point = () => alphaPointOf(relaxation);
  return {
    get alpha() {
      return point().alpha;
    },
    get weightDecay() {
      return point().weightDecay;
    },
    mixture: (alpha) => complete(point().mixture(alpha)),
    gradientAt: (alpha, batch) => using(batch, (loss) => point().gradient(alpha, loss)),
  };
}
