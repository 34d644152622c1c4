import { type CellType, EDGES } from './edges.ts';
import { OPERATIONS, type Operation } from './genotype.ts';

/** What can run on an edge while searching: what can be derived, and `none`. */
export type Candidate = Operation | 'none';

/** Per type of cell and edge, the candidates in the order of the mixture's weights. */
export type Candidates = Readonly<Record<CellType, readonly (readonly Candidate[])[]>>;

/** The same candidates on every edge of both cells. */
export function everywhere(candidates: readonly Candidate[]): Candidates {
  const cell = EDGES.map(() => candidates);
  return { normal: cell, reduce: cell };
}

/**
 * The candidates of DARTS: `none` first, then those of `operations`.
 *
 * @param none whether `none` is mixed too; without it the space is SmoothDARTS's S5
 */
export function dartsCandidates(
  operations: readonly Candidate[] = OPERATIONS,
  { none = true }: { readonly none?: boolean } = {},
): Candidates {
  return everywhere(none ? ['none', ...operations] : operations);
}
