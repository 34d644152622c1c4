import { ACTIVATIONS, type Genotype, NODES } from './genotype.ts';

/** The options of an edge of the supernet: no connection, or an activation. */
export const OPERATIONS = ['none', ...ACTIVATIONS] as const;

/** An edge of the supernet: the state `from`, which node `node` (1 to 8) may read. */
export interface Edge {
  readonly node: number;
  readonly from: number;
}

/** All 36 edges: one to node 1, two to node 2, … eight to node 8. */
export const EDGES: readonly Edge[] = Array.from({ length: NODES }, (_, at) =>
  Array.from({ length: at + 1 }, (__, from) => ({ node: at + 1, from })),
).flat();

/**
 * The cell that edge weights stand for: every node keeps the edge whose heaviest activation is
 * the heaviest, and that activation. `none` does not compete; of equals the first wins.
 *
 * @param weights per edge, one per operation
 */
export function deriveGenotype(weights: readonly ArrayLike<number>[]): Genotype {
  return Array.from({ length: NODES }, (_, at) => {
    let best = { from: 0, activation: 0, weight: Number.NEGATIVE_INFINITY };
    EDGES.forEach(({ node, from }, edge) => {
      if (node !== at + 1) return;
      ACTIVATIONS.forEach((__, activation) => {
        const weight = weights[edge]?.[activation + 1] ?? 0;
        if (weight > best.weight) best = { from, activation, weight };
      });
    });
    return { from: best.from, activation: best.activation };
  });
}

/** The option of each edge under a genotype: its activation where it is read, else `none`. */
export function optionsOf(genotype: Genotype): number[] {
  return EDGES.map(({ node, from }) => {
    const chosen = genotype[node - 1];
    return chosen?.from === from ? chosen.activation + 1 : 0;
  });
}
