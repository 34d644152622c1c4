import { ArcherError, EXIT, suggestion } from '@archer-nas/core';

/** The candidate operations, in the benchmark's order; an architecture stores their indices. */
export const OPERATIONS = [
  'none',
  'skip_connect',
  'nor_conv_1x1',
  'nor_conv_3x3',
  'avg_pool_3x3',
] as const;

export type Operation = (typeof OPERATIONS)[number];

/** Index of each operation in {@link OPERATIONS}. */
export const OP = { none: 0, skip: 1, conv1x1: 2, conv3x3: 3, avgPool: 4 } as const;

/** The edges of a cell as [from, to], in the order of the architecture string. */
export const EDGES = [
  [0, 1],
  [0, 2],
  [1, 2],
  [0, 3],
  [1, 3],
  [2, 3],
] as const;

/** One operation index per edge of {@link EDGES}. The same cell is used everywhere. */
export type Cell = readonly [number, number, number, number, number, number];

/** Number of cells: five operations on six edges. */
export const CELLS = OPERATIONS.length ** EDGES.length;

/** A cell from six operation indices. @throws ArcherError unless there are six in [0, 5) */
export function cellOf(operations: readonly number[]): Cell {
  const valid =
    operations.length === EDGES.length &&
    operations.every((op) => Number.isInteger(op) && op >= 0 && op < OPERATIONS.length);
  if (!valid) {
    throw new ArcherError(
      'ARCHER_NB201_CELL',
      `A NAS-Bench-201 cell is six operation indices from 0 to 4, not [${operations.join(', ')}].`,
    );
  }
  return operations.slice() as unknown as Cell; // length and range were checked above
}

/** Position of a cell in lexicographic order: the edge 0→1 is the most significant digit. */
export function cellCode(cell: Cell): number {
  return cell.reduce((code, op) => code * OPERATIONS.length + op, 0);
}

/** Inverse of {@link cellCode}, for codes in [0, 15625). */
export function cellFromCode(code: number): Cell {
  const operations = EDGES.map((_, edge) => {
    const place = OPERATIONS.length ** (EDGES.length - 1 - edge);
    return Math.floor(code / place) % OPERATIONS.length;
  });
  return cellOf(operations);
}

/** The architecture string: `|op~0|+|op~0|op~1|+|op~0|op~1|op~2|`. */
export function formatCell(cell: Cell): string {
  const [a, b, c, d, e, f] = cell.map((op) => OPERATIONS[op]);
  return `|${a}~0|+|${b}~0|${c}~1|+|${d}~0|${e}~1|${f}~2|`;
}

/**
 * Inverse of {@link formatCell}; white space around the text is ignored.
 * @throws ArcherError that names the edge, what stood there, and the nearest operation
 */
export function parseCell(text: string): Cell {
  const nodes = text.trim().split('+');
  if (nodes.length !== 3) throw malformed(text, `it has ${nodes.length} of 3 nodes`);
  return cellOf(nodes.flatMap((node, index) => parseNode(text, node, index + 1)));
}

function parseNode(text: string, node: string, to: number): number[] {
  const edges = node.split('|');
  if (edges.length !== to + 2 || edges[0] !== '' || edges.at(-1) !== '') {
    throw malformed(text, `node ${to}, "${node}", is not ${to} edge(s) between bars`);
  }
  return edges.slice(1, -1).map((edge, from) => parseEdge(text, edge, from, to));
}

function parseEdge(text: string, edge: string, from: number, to: number): number {
  const [name = '', input, ...rest] = edge.split('~');
  const place = `edge ${from}→${to}, "${edge}",`;
  if (input !== String(from) || rest.length > 0) {
    throw malformed(text, `${place} must read "<operation>~${from}"`);
  }
  const op = (OPERATIONS as readonly string[]).indexOf(name);
  if (op < 0) {
    throw malformed(text, `${place} names no operation. ${suggestion(name, OPERATIONS)}`);
  }
  return op;
}

function malformed(text: string, reason: string): ArcherError {
  const shown = text.length > 200 ? `${text.slice(0, 200)}…` : text;
  return new ArcherError(
    'ARCHER_NB201_STRING',
    `"${shown}" is not a NAS-Bench-201 architecture: ${reason.replace(/\.$/, '')}.`,
    {
      hint:
        'The form is |op~0|+|op~0|op~1|+|op~0|op~1|op~2| with the operations ' +
        `${OPERATIONS.join(', ')}.`,
      exit: EXIT.usage,
    },
  );
}

/** Whether anything but `none` leads from the cell's input to its output. */
export function isConnected(cell: Cell): boolean {
  const reached = [true, false, false, false];
  EDGES.forEach(([from, to], edge) => {
    if (reached[from] && cell[edge] !== OP.none) reached[to] = true;
  });
  return reached[3] === true;
}
