import { ArcherError, EXIT, type SearchSpace } from '@archer-nas/core';

import type { TableDefinition, TableRows } from './table-definition.ts';

/** What a table must know of a space: rows are found by its keys, or faster by choices. */
export type TableSpace<A> = Pick<
  SearchSpace<A>,
  'format' | 'canonical' | 'decisions' | 'toChoices'
>;

/** Spaces up to this size have a row number per architecture in memory (16 MiB at most). */
const DENSE = 2 ** 22;

/**
 * A function from architectures to rows; -1 where the table has none. Where every decision is
 * categorical and always there, an architecture is the mixed-radix number of its choices, and its
 * key is written once, not at every look-up.
 *
 * @throws ArcherError `ARCHER_CAPABILITY` when keys are canonical forms and the space has none
 */
export function rowFinder<A>(
  space: TableSpace<A>,
  table: TableRows,
  keyedBy: TableDefinition['keyedBy'] = 'format',
): (a: A) => number {
  const write = keyWriter(space, keyedBy);
  const byName = (a: A): number => table.rowOf(write(a));
  const radices = radicesOf(space);
  if (radices === undefined) return byName;
  // Row + 1; 0: not found yet. A row that is not there may come with another file.
  const rows = new Int32Array(radices.reduce((product, radix) => product * radix, 1));
  return (a) => {
    const choices = space.toChoices?.(a) ?? []; // `radices` are only of spaces that have it
    let code = 0;
    for (let i = 0; i < radices.length; i++) {
      code = code * (radices[i] as number) + (choices[i] as number);
    }
    const known = rows[code];
    if (known !== undefined && known > 0) return known - 1;
    const row = byName(a);
    rows[code] = row + 1;
    return row;
  };
}

function keyWriter<A>(
  space: TableSpace<A>,
  keyedBy: NonNullable<TableDefinition['keyedBy']>,
): (a: A) => string {
  if (typeof keyedBy === 'function') return (a) => keyedBy(space.format(a));
  if (space[keyedBy] === undefined) throw noCanonical();
  return (a) => space[keyedBy]?.(a) ?? '';
}

/** Options per decision, where choices are a small mixed-radix number. */
function radicesOf<A>({ decisions, toChoices }: TableSpace<A>): number[] | undefined {
  if (decisions === undefined || toChoices === undefined) return undefined;
  const radices = decisions.map(({ kind, options, when }) =>
    kind === 'categorical' && when === undefined ? (options?.length ?? 0) : 0,
  );
  const size = radices.reduce((product, radix) => product * radix, 1);
  return size > 0 && size <= DENSE ? radices : undefined;
}

function noCanonical(): ArcherError {
  return new ArcherError(
    'ARCHER_CAPABILITY',
    'This table is keyed by canonical forms, and the space has none.',
    { hint: "Use the benchmark's own space.", exit: EXIT.manifest },
  );
}
