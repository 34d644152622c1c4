import type { State, Streams } from '@archer-nas/core';
import {
  type BilevelStep,
  beginAlpha,
  type CostTable,
  combineRows,
  costRows,
  expectedCost,
  type Relaxation,
  type RelaxationRecipe,
  type RowAdamOptions,
  type Rows,
  rowAdam,
  type Site,
  singleMixture,
  softmaxRows,
} from '@archer-nas/nn';
import { type LatencyLoss, withLatency } from './latency-loss.ts';
import { type Pair, pairGradient, pairMixture, rescaled, samplePairs } from './two-paths.ts';

/** What ProxylessNAS is told. */
export interface ProxylessOptions {
  /** α moves at every so many steps. */
  readonly every: number;
  readonly alpha: RowAdamOptions & {
    /** Standard deviation of the values that α starts from. */
    readonly init: number;
  };
  readonly latency?: { readonly table: CostTable; readonly loss: LatencyLoss } | undefined;
}

/** What a latency costs: per option, and how it joins the loss. */
interface Latency {
  readonly rows: Rows;
  readonly loss: LatencyLoss;
}

/**
 * ProxylessNAS (Cai, Zhu and Han, ICLR 2019): the weights learn along one path, drawn by p =
 * softmax(α) (binary gates); α learns on two paths at a time.
 */
export function proxylessnas(options: ProxylessOptions): RelaxationRecipe {
  return { begin: (sites, streams, saved) => relaxed(options, sites, streams, saved) };
}

function relaxed(
  { every, alpha: adam, latency: given }: ProxylessOptions,
  sites: readonly Site[],
  streams: Streams,
  saved?: State,
): Relaxation {
  const latency = given && {
    rows: costRows(sites, given.table, 'latency.table'),
    loss: given.loss,
  };
  let alpha = beginAlpha(sites, streams, { deviation: adam.init, saved });
  return {
    get probabilities() {
      return softmaxRows(alpha.rows);
    },
    get state() {
      return alpha as unknown as State;
    },
    update(at) {
      if (at.step % every !== 0) return {};
      const pairs = samplePairs(alpha.rows, at.streams.stream('proxylessnas', at.step));
      const gates = gateGradients(pairs, softmaxRows(alpha.rows), at, latency);
      const moved = rowAdam(alpha, pairGradient(pairs, gates), adam);
      alpha = { ...moved, rows: rescaled(moved.rows, alpha.rows, pairs) };
      return latency === undefined
        ? {}
        : { 'expected-latency': expectedCost(softmaxRows(alpha.rows), latency.rows) };
    },
    weightMixture({ streams, step }) {
      const stream = streams.stream('proxylessnas-weights', step);
      return singleMixture(softmaxRows(alpha.rows).map((row) => stream.weighted(row)));
    },
  };
}

/**
 * ∂L/∂g of the two paths of each decision. Of the latency, ∂E[lat]/∂g_j is lat_j times the two's
 * joint probability, which the step leaves as it is.
 */
function gateGradients(
  pairs: readonly Pair[],
  p: Rows,
  { valid }: Pick<BilevelStep, 'valid'>,
  latency: Latency | undefined,
): Rows {
  const mixture = pairMixture(pairs);
  const { rows } = valid.gradients(mixture, ['mixture']);
  if (latency === undefined) return rows;
  const { rows: latencies, loss } = latency;
  const ce = loss.form === 'add' ? 0 : valid.value(mixture);
  const { byLoss, byLatency } = withLatency(ce, expectedCost(p, latencies), loss);
  const slopes = latencies.map((row, decision) => {
    const options = pairs[decision]?.options ?? [];
    const joint = options.reduce((sum, option) => sum + (p[decision]?.[option] ?? 0), 0);
    return row.map((ms) => ms * joint);
  });
  return combineRows([byLoss, rows], [byLatency, slopes]);
}
