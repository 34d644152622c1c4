import { ArcherError, pythonShuffle } from '@archer-nas/core';

import { CELLS, type Cell, cellCode, cellFromCode } from './cell.ts';

/** The benchmark's authors shuffled the lexicographic list with `random.seed(88)`. */
const SEED = 88;

let order: { readonly codes: Int32Array; readonly indices: Int32Array } | undefined;

/** The permutation and its inverse; computed once, 15,625 steps. */
function tables(): { readonly codes: Int32Array; readonly indices: Int32Array } {
  if (order === undefined) {
    const codes = pythonShuffle(SEED, CELLS);
    const indices = new Int32Array(CELLS);
    codes.forEach((code, index) => {
      indices[code] = index;
    });
    order = { codes, indices };
  }
  return order;
}

/** The official index of a cell, as in NAS-Bench-201 and NATS-Bench. */
export function indexOf(cell: Cell): number {
  return tables().indices[cellCode(cell)] as number; // codes of cells are below CELLS
}

/** The cell of an official index. @throws ArcherError unless it is an integer in [0, 15625) */
export function byIndex(index: number): Cell {
  const code = tables().codes[index];
  if (code === undefined) {
    throw new ArcherError(
      'ARCHER_NB201_INDEX',
      `NAS-Bench-201 has the architectures 0 to ${CELLS - 1}, not ${index}.`,
    );
  }
  return cellFromCode(code);
}
