import { type Allowed, ArcherError, EXIT } from '@archer-nas/core';

/** What names the parameters of an operation. */
interface OperationsOf {
  readonly operations: Allowed;
  readonly sets?: number | undefined;
}

/** The name of an edge's site. */
export const edgeName = (cell: number, edge: number): string => `cell${cell}.edge${edge}`;

/** The operations of an edge by option: those of every set one after the other. */
export function inSets(operations: readonly number[], sets = 1): readonly number[] {
  return Array.from({ length: sets }, () => operations).flat();
}

/** What the parameters of an option are named after: the edge, or the set that edges share. */
export function operationsName(
  { operations, sets }: OperationsOf,
  { cell, edge, option }: { readonly cell: number; readonly edge: number; readonly option: number },
): string {
  if (sets === undefined) return edgeName(cell, edge);
  return `cell${cell}.set${Math.floor(option / (operations[edge]?.length ?? 1))}`;
}

/** @throws ArcherError unless all edges have the same operations, which they can share */
export function checkSets(allowed: Allowed): void {
  if (new Set(allowed.map((operations) => operations.join())).size === 1) return;
  throw new ArcherError(
    'ARCHER_NB201_SETS',
    `Edges share sets of operations, but theirs differ: ${JSON.stringify(allowed)}.`,
    { hint: 'Give every edge the same operations.', exit: EXIT.manifest },
  );
}
