import { type CellType, EDGES } from './edges.ts';
import { OPERATIONS, type VOCABULARY } from './genotype.ts';

/** What a derived edge can be. */
export type Derivable = (typeof VOCABULARY)[number];

/** What can run on an edge while searching: what can be derived, and `none`. */
export type Candidate = Derivable | 'none';

/** Per type of cell and edge, the candidates in the order of the mixture's weights. */
export type Candidates = Readonly<Record<CellType, readonly (readonly Candidate[])[]>>;

/** The candidates without `none`: what an edge of a genotype can be. */
export type Operations = Readonly<Record<CellType, readonly (readonly Derivable[])[]>>;

/** The same candidates on every edge of both cells. */
export function everywhere<T extends Candidate>(
  candidates: readonly T[],
): Readonly<Record<CellType, readonly (readonly T[])[]>> {
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
