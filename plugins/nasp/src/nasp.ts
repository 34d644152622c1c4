import type { State, Streams } from '@archer-nas/core';
import {
  argmaxRows,
  beginAlpha,
  decisionSites,
  denseMixture,
  type Mixture,
  mixtureGradientRows,
  type Relaxation,
  type RelaxationRecipe,
  type RowAdamOptions,
  type Rows,
  rowAdam,
  type Site,
  sitesByNode,
  softmaxRows,
} from '@archer-nas/nn';

/** What NASP is told. */
export interface NaspOptions {
  /** How many edges of a node run, those with the greatest α; `null`: all. */
  readonly edges: number | null;
  readonly alpha: RowAdamOptions & {
    /** The values that α starts from, and the standard deviation of noise on them. */
    readonly init: { readonly value: number; readonly noise: number };
  };
}

/**
 * NASP (Yao, Xu, Tu and Zhu, AAAI 2020): the search runs discrete architectures ᾱ = prox_C1(α),
 * and α, kept in the box C2 = [0, 1], moves by the validation loss's gradient at ᾱ.
 */
export function nasp(options: NaspOptions): RelaxationRecipe {
  return { begin: (sites, streams, saved) => relaxed(options, sites, streams, saved) };
}

function relaxed(
  { edges, alpha: adam }: NaspOptions,
  sites: readonly Site[],
  streams: Streams,
  saved?: State,
): Relaxation {
  const { value: mean, noise: deviation } = adam.init;
  let alpha = beginAlpha(sites, streams, { mean, deviation, saved });
  const nodes = sitesByNode(decisionSites(sites));
  const kept = (): readonly boolean[] => keptRows(alpha.rows, nodes, edges);
  return {
    get probabilities() {
      return softmaxRows(alpha.rows);
    },
    get state() {
      return alpha as unknown as State;
    },
    update({ valid }) {
      const moved = rowAdam(alpha, mixtureGradientRows(binarised(alpha.rows, kept()), valid), adam);
      alpha = { ...moved, rows: clipped(moved.rows) };
      return {};
    },
    weightMixture: () => singlePaths(alpha.rows, kept()),
    // Studies look at the loss around ᾱ, where the search does.
    get point() {
      const { weightDecay } = adam;
      const gradient = mixtureGradientRows; // without a softmax, α is the mixture
      return { alpha: binarised(alpha.rows, kept()), weightDecay, mixture: denseMixture, gradient };
    },
  };
}

/** prox_C1: one-hot at the first greatest entry of each row that is kept, zeros in the others. */
export function binarised(alpha: Rows, kept: readonly boolean[]): Rows {
  const best = argmaxRows(alpha);
  return alpha.map((row, decision) =>
    row.map((_, option) => (kept[decision] && option === best[decision] ? 1 : 0)),
  );
}

/** prox_C2: into [0, 1]. */
export function clipped(alpha: Rows): Rows {
  return alpha.map((row) => row.map((a) => Math.min(1, Math.max(0, a))));
}

/** Which decisions are among the `edges` with the greatest α of their node; the first of equals. */
export function keptRows(
  alpha: Rows,
  nodes: readonly (readonly number[])[],
  edges: number | null,
): readonly boolean[] {
  if (edges === null) return alpha.map(() => true);
  const greatest = alpha.map((row) => Math.max(...row));
  const kept = nodes.flatMap((members) =>
    [...members].sort((a, b) => (greatest[b] ?? 0) - (greatest[a] ?? 0)).slice(0, edges),
  );
  return alpha.map((_, decision) => kept.includes(decision));
}

function singlePaths(alpha: Rows, kept: readonly boolean[]): Mixture {
  return argmaxRows(alpha).map((option, decision) => ({ support: kept[decision] ? [option] : [] }));
}
