import { ArcherError, EXIT } from '@archer-nas/core';

/** The operations of inner vertices, in the benchmark's order; cells store their indices. */
export const OPERATIONS = ['conv3x3-bn-relu', 'conv1x1-bn-relu', 'maxpool3x3'] as const;

/** Index of each operation in {@link OPERATIONS}. */
export const OP = { conv3x3: 0, conv1x1: 1, maxpool: 2 } as const;

/** At most so many vertices, input and output included, and so many edges after pruning. */
export const MAX_VERTICES = 7;
export const MAX_EDGES = 9;

/** Possible edges, and inner vertices, of a cell with seven vertices. */
export const EDGE_SLOTS = (MAX_VERTICES * (MAX_VERTICES - 1)) / 2;
export const OPERATION_SLOTS = MAX_VERTICES - 2;

/**
 * A cell with seven vertices, of which some may lead nowhere: 21 edge bits, the strictly upper
 * triangle of the adjacency matrix column by column ((0,1), (0,2), (1,2), (0,3), …), then the
 * operations of vertices 1 to 5. Vertex 0 is the input, vertex 6 the output.
 */
export type Cell = readonly number[];

/** A graph that computes: every vertex is on a path from the input to the output. */
export interface Graph {
  readonly vertices: number;
  /** Bit j of `next[i]`: there is an edge from i to j > i. */
  readonly next: readonly number[];
  /** Operation indices of vertices 1 to `vertices - 2`. */
  readonly operations: readonly number[];
}

/** The position of an edge among the bits. */
function slot(from: number, to: number): number {
  return (to * (to - 1)) / 2 + from;
}

/** Per vertex the bits of its successors. */
function successors(cell: ArrayLike<number>): number[] {
  const next = new Array<number>(MAX_VERTICES).fill(0);
  for (let to = 1, at = 0; to < MAX_VERTICES; to++) {
    for (let from = 0; from < to; from++, at++) {
      if (cell[at] === 1) next[from] = (next[from] as number) | (1 << to);
    }
  }
  return next;
}

/** Bits of the vertices on a path from input to output; 0 where there is no such path. */
function living(next: readonly number[]): number {
  let reached = 1;
  for (let v = 0; v < MAX_VERTICES; v++) if (reached & (1 << v)) reached |= next[v] as number;
  let leading = 1 << (MAX_VERTICES - 1);
  for (let v = MAX_VERTICES - 2; v >= 0; v--) if ((next[v] as number) & leading) leading |= 1 << v;
  const on = reached & leading;
  return on & 1 && on >> (MAX_VERTICES - 1) ? on : 0;
}

function bits(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/**
 * Whether a cell is in the benchmark: a path leads from input to output, and at most nine edges
 * are left when vertices on no such path are dropped.
 */
export function isValid(cell: ArrayLike<number>): boolean {
  const next = successors(cell);
  const on = living(next);
  if (on === 0) return false;
  let edges = 0;
  for (let v = 0; v < MAX_VERTICES - 1; v++) {
    if (on & (1 << v)) edges += bits((next[v] as number) & on);
  }
  return edges <= MAX_EDGES;
}

/** The cell without the vertices and edges that lead nowhere. */
export function prune(cell: Cell): Graph {
  const next = successors(cell);
  const on = living(next);
  const kept = Array.from({ length: MAX_VERTICES }, (_, v) => v).filter((v) => on & (1 << v));
  return {
    vertices: kept.length,
    next: kept.map((v) =>
      kept.reduce((mask, to, at) => mask | ((((next[v] as number) >> to) & 1) << at), 0),
    ),
    operations: kept.slice(1, -1).map((v) => cell[EDGE_SLOTS + v - 1] as number),
  };
}

/** `<edges>:<operations>`, e.g. `111111111111111111111:00000`: the digits of {@link Cell}. */
export function formatCell(cell: Cell): string {
  return `${cell.slice(0, EDGE_SLOTS).join('')}:${cell.slice(EDGE_SLOTS).join('')}`;
}

/** The digits of a pruned graph, as tables write them: `[edges, operations]`. */
export function graphDigits({ vertices, next, operations }: Graph): [string, string] {
  let edges = '';
  for (let to = 1; to < vertices; to++) {
    for (let from = 0; from < to; from++) edges += ((next[from] as number) >> to) & 1;
  }
  return [edges, operations.join('')];
}

/**
 * Inverse of {@link formatCell}. Cells with two to six vertices are taken too, `1:` being input
 * and output alone; they get vertices without edges before the output.
 *
 * @throws ArcherError `ARCHER_NB101_CELL` saying what is wrong
 */
export function parseCell(text: string): Cell {
  const [, edges = '', operations = ''] = /^([01]{1,21}):([0-2]{0,5})$/.exec(text.trim()) ?? [];
  const vertices = operations.length + 2;
  if (edges.length !== (vertices * (vertices - 1)) / 2) {
    throw malformed(text, `it has ${edges.length} edge digits for ${vertices} vertices`);
  }
  const cell = new Array<number>(EDGE_SLOTS + OPERATION_SLOTS).fill(0);
  const place = (v: number): number => (v === vertices - 1 ? MAX_VERTICES - 1 : v);
  for (let to = 1, at = 0; to < vertices; to++) {
    for (let from = 0; from < to; from++) cell[slot(from, place(to))] = Number(edges[at++]);
  }
  Array.from(operations).forEach((digit, at) => {
    cell[EDGE_SLOTS + at] = Number(digit);
  });
  if (isValid(cell)) return cell;
  throw malformed(text, `no path from input to output, or more than ${MAX_EDGES} edges on them`);
}

function malformed(text: string, reason: string): ArcherError {
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return new ArcherError(
    'ARCHER_NB101_CELL',
    `"${shown}" is no cell of NAS-Bench-101: ${reason}.`,
    {
      hint:
        'The form is <edges>:<operations>: the strictly upper triangle of the adjacency matrix ' +
        'column by column, 0 or 1, and a digit per inner vertex ' +
        `(${OPERATIONS.map((name, op) => `${op} ${name}`).join(', ')}).`,
      exit: EXIT.usage,
    },
  );
}
