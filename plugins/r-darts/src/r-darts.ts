import type { Streams } from '@archer-nas/core';
import {
  type Batch,
  type BilevelMoment,
  cutOut,
  type Drop,
  type Mixture,
  type Modifier,
  type Site,
} from '@archer-nas/nn';

/** Options of {@link rDarts}; the plugin's defaults are the paper's largest p. */
export interface RDartsOptions {
  /** Probability in the last epoch. */
  readonly p: number;
  /** Side of the square that cutout takes out, in pixels; 0: none. */
  readonly cutout: number;
  /** Whether skip connections are dropped too. */
  readonly skip: boolean;
}

const SKIP = 'skip_connect';
const NEVER: Drop = { rate: 0, each: 'image' };

/**
 * R-DARTS(DP) (Zela et al., ICLR 2020, section 5.1): more augmentation of the inner problem keeps
 * the curvature of the validation loss low. Drop-path of the operations' outputs and cutout of
 * train images have the probability p · e/(E − 1) in epoch e of E.
 */
export function rDarts({ p, cutout, skip }: RDartsOptions): Modifier {
  return {
    begin: ({ sites, streams }) => ({
      state: null,
      mixture: (mixture, at) => droppedPaths(mixture, sites, { rate: rampAt(at, p), skip }),
      batch: (batch, at) =>
        cutImages(batch as Batch, at, { streams, side: cutout, probability: rampAt(at, p) }),
    }),
  };
}

/** p · e/(E − 1), e the complete epochs of E. */
export function rampAt(
  { epoch, epochs }: Pick<BilevelMoment, 'epoch' | 'epochs'>,
  p: number,
): number {
  return epochs > 1 ? (p * epoch) / (epochs - 1) : 0;
}

/** The mixture with the outputs of its operations dropped, skip connections only when told so. */
function droppedPaths(
  mixture: Mixture,
  sites: readonly Site[],
  { rate, skip }: { readonly rate: number } & Pick<RDartsOptions, 'skip'>,
): Mixture {
  if (rate === 0) return mixture;
  const drop: Drop = { rate, each: 'image' };
  const names: (readonly string[])[] = [];
  for (const { decision, options } of sites) names[decision] = options;
  return mixture.map((row, decision) => {
    const isDropped = (option: number) => skip || names[decision]?.[option] !== SKIP;
    const drops = row.support.map((option, at) => {
      return isDropped(option) ? drop : (row.drops?.[at] ?? NEVER);
    });
    return { ...row, drops };
  });
}

/** Every image with the probability has a square at a random place set to the mean. */
function cutImages(
  batch: Batch,
  { step }: BilevelMoment,
  {
    streams,
    side,
    probability,
  }: { readonly streams: Streams; readonly side: number; readonly probability: number },
): Batch {
  if (side === 0 || probability === 0) return batch;
  return cutOut(batch, { side, probability, stream: streams.stream('r-darts', step) });
}
