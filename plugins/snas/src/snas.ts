import type { State, Streams } from '@archer-nas/core';
import {
  type BilevelStep,
  beginAlpha,
  concreteGradientRows,
  concreteRows,
  denseMixture,
  gumbelNoise,
  type Relaxation,
  type RelaxationRecipe,
  type RowAdamOptions,
  type Rows,
  rowAdam,
  type Site,
  softmaxRows,
} from '@archer-nas/nn';

/** What SNAS is told. */
export interface SnasOptions {
  /** λ goes linearly from the first epoch towards `to`, which it does not reach. */
  readonly temperature: { readonly from: number; readonly to: number };
  readonly alpha: RowAdamOptions & {
    /** Mean and standard deviation of the values that α starts from. */
    readonly init: { readonly mean: number; readonly deviation: number };
  };
}

/**
 * SNAS (Xie, Zheng, Liu and Lin, ICLR 2019): each step runs the mixture Z ~ concrete(α, λ),
 * and one loss on one train batch moves both the weights and α: there is one level.
 */
export function snas(options: SnasOptions): RelaxationRecipe {
  return {
    trainOnly: true,
    inputs: 'each',
    begin: (sites, streams, saved) => relaxed(options, sites, streams, saved),
  };
}

function relaxed(
  { temperature, alpha: adam }: SnasOptions,
  sites: readonly Site[],
  streams: Streams,
  saved?: State,
): Relaxation {
  let alpha = beginAlpha(sites, streams, { ...adam.init, saved });
  /** Z = softmax((α + g)/λ): the same whenever it is asked for in a step. */
  const sample = (at: BilevelStep): Rows => {
    const noise = gumbelNoise(alpha.rows, at.streams.stream('snas', at.step));
    return concreteRows(alpha.rows, noise, temperatureAt(at, temperature));
  };
  return {
    get probabilities() {
      return softmaxRows(alpha.rows);
    },
    get state() {
      return alpha as unknown as State;
    },
    weightMixture: (at) => denseMixture(sample(at)),
    observe(rows, at) {
      const lambda = temperatureAt(at, temperature);
      alpha = rowAdam(alpha, concreteGradientRows(sample(at), rows, lambda), adam);
      return { temperature: lambda };
    },
  };
}

/** λ(e) = (1 − e/E)(from − to) + to, e the complete epochs of E. */
export function temperatureAt(
  { epoch, epochs }: Pick<BilevelStep, 'epoch' | 'epochs'>,
  { from, to }: SnasOptions['temperature'],
): number {
  return (1 - epoch / epochs) * (from - to) + to;
}
