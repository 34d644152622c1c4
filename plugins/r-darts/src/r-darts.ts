import {
  type Batch,
  type BilevelMoment,
  cutOut,
  decisionSites,
  type Mixture,
  type Modifier,
  type Site,
} from '@archer-nas/nn';

/** Options of {@link rDarts}; the plugin's defaults are the paper's largest p. */
export interface RDartsOptions {
  /** Probability of drop-path in the last epoch. */
  readonly p: number;
  /** Probability of cutout in the last epoch; absent: p. */
  readonly cutoutP?: number | undefined;
  /** Side of the square that cutout takes out, in pixels; 0: none. */
  readonly cutout: number;
}

/**
 * R-DARTS(DP) (Zela et al., ICLR 2020, section 5.1): more augmentation of the inner problem keeps
 * the curvature of the validation loss low. Drop-path of the mixed operations and cutout of the
 * images have the probability p · e/(E − 1) in epoch e of E.
 */
export function rDarts({ p, cutoutP = p, cutout: side }: RDartsOptions): Modifier {
  return {
    begin: ({ sites, streams }) => ({
      state: null,
      mixture: (mixture, at) => droppedPaths(mixture, sites, rampAt(at, p)),
      batch: (batch, at) => {
        const probability = rampAt(at, cutoutP);
        const stream = streams.scope(at.split).stream('r-darts', at.step);
        return cutImages(batch as Batch, { side, probability, stream });
      },
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

/** The mixture with whole mixed operations dropped, skip connections and all. */
function droppedPaths(mixture: Mixture, sites: readonly Site[], rate: number): Mixture {
  if (rate === 0) return mixture;
  const decisions = decisionSites(sites);
  return mixture.map((row, decision) => {
    const isOfInputs = decisions[decision]?.keeps !== undefined;
    return isOfInputs ? row : { ...row, drop: { rate, each: 'image' } };
  });
}

/** Every image with the probability has a square at a random place set to the mean. */
function cutImages(batch: Batch, hole: Parameters<typeof cutOut>[1]): Batch {
  return hole.side === 0 || hole.probability === 0 ? batch : cutOut(batch, hole);
}
