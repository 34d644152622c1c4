import type { State } from '@archer-nas/core';
import {
  beginRows,
  type Mixture,
  type Modification,
  type Modifier,
  type ModifierContext,
  type RowAdamOptions,
  type RowAdamState,
  type Rows,
  rowAdam,
  type Site,
  softmaxGradientRows,
  softmaxRows,
} from '@archer-nas/nn';

/** Options of {@link pcDarts}; the plugin's defaults are those of the search on CIFAR-10. */
export interface PcDartsOptions {
  /** K: operations see 1/K of the channels. */
  readonly k: number;
  /** Whether edges are normalised. */
  readonly edges: boolean;
  readonly beta: RowAdamOptions & {
    /** Standard deviation of the values that β starts from. */
    readonly init: number;
  };
}

/**
 * PC-DARTS (Xu et al., ICLR 2020). Partial channels (equation 2): the first 1/K of the channels
 * goes through the mixed operation, the rest bypasses it. Edge normalisation (equation 3): node j is
 * Σ_{i<j} softmax(β_{·,j})_i · f_{i,j}(x_i), and β descends the validation loss as α does.
 */
export function pcDarts({ k, edges, beta }: PcDartsOptions): Modifier {
  return {
    task: (task) => (k === 1 ? task : { ...task, partial: k }),
    ...(edges && { begin: (context, saved) => edgeNormalisation(beta, context, saved) }),
  };
}

function edgeNormalisation(
  { init, ...adam }: PcDartsOptions['beta'],
  { sites, streams }: ModifierContext,
  saved?: State,
): Modification {
  const nodes = incoming(sites);
  const initial = (node: number) => {
    const stream = streams.stream('pc-darts', node);
    return Float64Array.from(nodes[node] ?? [], () => init * stream.normal());
  };
  let beta = (saved ?? beginRows(nodes.map((_, node) => initial(node)))) as unknown as RowAdamState;
  return {
    get state() {
      return beta as unknown as State;
    },
    mixture: (mixture) => normalised(mixture, nodes, softmaxRows(beta.rows)),
    update: ({ scales }) => {
      const weights = softmaxRows(beta.rows);
      const gradient = nodes.map((edges) =>
        Float64Array.from(edges, (edge) => scales?.[edge] ?? 0),
      );
      beta = rowAdam(beta, softmaxGradientRows(weights, gradient), adam);
    },
    scores: (p) => edgeScores(p, nodes, softmaxRows(beta.rows)),
  };
}

/** The decisions whose edges end in the same node of a cell, once where cells are tied. */
export function incoming(sites: readonly Site[]): number[][] {
  const nodes = new Map<string, Set<number>>();
  for (const { name, node = name, decision } of sites) {
    nodes.set(node, (nodes.get(node) ?? new Set()).add(decision));
  }
  const groups = [...nodes.values()].map((decisions): [string, number[]] => {
    return [[...decisions].join(), [...decisions]];
  });
  return [...new Map(groups).values()];
}

/** Every edge with its weight among those into its node. */
function normalised(mixture: Mixture, nodes: readonly number[][], weights: Rows): Mixture {
  const scales = byDecision(nodes, weights);
  return mixture.map((row, decision) => {
    return { ...row, scale: (row.scale ?? 1) * (scales.get(decision) ?? 1) };
  });
}

/** What an operation is worth: softmax(α)_o · softmax(β)_e. */
export function edgeScores(p: Rows, nodes: readonly number[][], weights: Rows): Rows {
  const scales = byDecision(nodes, weights);
  return p.map((row, decision) => row.map((value) => value * (scales.get(decision) ?? 1)));
}

function byDecision(nodes: readonly number[][], weights: Rows): ReadonlyMap<number, number> {
  const pairs = nodes.flatMap((edges, node) =>
    edges.map((edge, at): [number, number] => [edge, weights[node]?.[at] ?? 1]),
  );
  return new Map(pairs);
}
