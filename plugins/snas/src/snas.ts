import type { State, Streams } from '@archer-nas/core';
import {
  type BilevelStep,
  beginAlpha,
  type CostTable,
  combineRows,
  concreteGradientRows,
  concreteRows,
  costRows,
  denseMixture,
  expectedCost,
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
  /** η R(Z) joins the loss; absent: none. */
  readonly resource?:
    | {
        /** R of an option, by `option` or `site.option`; R(Z) = Σ Z R over the sites. */
        readonly table: CostTable;
        /** η. */
        readonly weight: number;
      }
    | undefined;
}

/**
 * SNAS (Xie, Zheng, Liu and Lin, ICLR 2019): each step runs the mixture Z ~ concrete(α, λ),
 * and one loss on one train batch moves both the weights and α: there is one level. A resource
 * constraint adds η R(Z) to it.
 */
export function snas(options: SnasOptions): RelaxationRecipe {
  return {
    trainOnly: true,
    inputs: 'each',
    begin: (sites, streams, saved) => relaxed(options, sites, streams, saved),
  };
}

function relaxed(
  { temperature, alpha: adam, resource }: SnasOptions,
  sites: readonly Site[],
  streams: Streams,
  saved?: State,
): Relaxation {
  const costs = resource && costRows(sites, resource.table, 'resource.table');
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
      const z = sample(at);
      // R is linear in Z: its gradient passes through the sample as the loss's does.
      const slopes = costs ? combineRows([1, rows], [resource?.weight ?? 0, costs]) : rows;
      alpha = rowAdam(alpha, concreteGradientRows(z, slopes, lambda), adam);
      return { temperature: lambda, ...(costs && { resource: expectedCost(z, costs) }) };
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
