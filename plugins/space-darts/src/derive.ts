import type { Candidate, Candidates } from './candidates.ts';
import { EDGES } from './edges.ts';
import { type CellGraph, type Edge, type Genotype, INPUTS, NODES, VOCABULARY } from './genotype.ts';

/**
 * The genotype that a mixture stands for. Every node keeps the two edges whose strongest
 * operation is heaviest, and of each that operation; `none` is neither compared nor kept, although
 * it has its share of the softmax. Equal weights: the earlier input, the earlier operation.
 *
 * @param weights 14 rows of the normal cell, then 14 of the reduction cell; one weight per
 * candidate
 */
export function derive(weights: readonly ArrayLike<number>[], candidates: Candidates): Genotype {
  return {
    normal: deriveCell(weights.slice(0, EDGES.length), candidates.normal),
    reduce: deriveCell(weights.slice(EDGES.length), candidates.reduce),
  };
}

interface ScoredEdge extends Edge {
  readonly score: number;
}

function deriveCell(
  rows: readonly ArrayLike<number>[],
  candidates: readonly (readonly Candidate[])[],
): CellGraph {
  const scored = EDGES.map(({ from }, edge) =>
    strongest(rows[edge] ?? [], candidates[edge] ?? [], from),
  );
  return Array.from({ length: NODES }, (_, node) => {
    const incoming = scored.filter((__, edge) => EDGES[edge]?.to === INPUTS + node);
    const kept = incoming.sort((a, b) => b.score - a.score).slice(0, 2); // the sort is stable
    return kept.sort((a, b) => a.from - b.from).map(({ op, from }) => ({ op, from }));
  }).flat();
}

function strongest(
  row: ArrayLike<number>,
  candidates: readonly Candidate[],
  from: number,
): ScoredEdge {
  let best: ScoredEdge = { op: -1, from, score: Number.NEGATIVE_INFINITY };
  candidates.forEach((name, option) => {
    const score = row[option] ?? Number.NaN;
    if (name !== 'none' && score > best.score) best = { op: VOCABULARY.indexOf(name), from, score };
  });
  return best;
}
