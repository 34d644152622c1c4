import { ArcherError, EXIT, suggestion } from '@archer-nas/core';

/** What an edge of a DARTS cell can be; genotypes store indices. `none` is never derived. */
export const OPERATIONS = [
  'max_pool_3x3',
  'avg_pool_3x3',
  'skip_connect',
  'sep_conv_3x3',
  'sep_conv_5x5',
  'dil_conv_3x3',
  'dil_conv_5x5',
] as const;

export type Operation = (typeof OPERATIONS)[number];

/** What genotypes of all spaces of this package can hold: S4 of RobustDARTS has `noise`. */
export const VOCABULARY = [...OPERATIONS, 'noise'] as const;

/** Index of each operation in {@link VOCABULARY}. */
export const OP = {
  maxPool: 0,
  avgPool: 1,
  skip: 2,
  sepConv3: 3,
  sepConv5: 4,
  dilConv3: 5,
  dilConv5: 6,
  noise: 7,
} as const;

/** Inputs of a cell: the outputs of the cell before the last and of the last one. */
export const INPUTS = 2;
/** Nodes that compute, numbered from 2; all of them are concatenated. */
export const NODES = 4;

/** An operation and the node it reads; `from` is less than the node's own number. */
export interface Edge {
  readonly op: number;
  readonly from: number;
}

/** Two edges per node in the order of the nodes, each pair in the order of its inputs. */
export type CellGraph = readonly Edge[];

/** An architecture of the DARTS space. */
export interface Genotype {
  readonly normal: CellGraph;
  readonly reduce: CellGraph;
}

/** The node that an edge of {@link CellGraph} leads to. */
export function nodeOf(edge: number): number {
  return INPUTS + Math.floor(edge / 2);
}

/** The community's notation, as DARTS prints it: `Genotype(normal=[('sep_conv_3x3', 0), …`. */
export function formatGenotype({ normal, reduce }: Genotype): string {
  const cell = (graph: CellGraph): string =>
    graph.map(({ op, from }) => `('${VOCABULARY[op]}', ${from})`).join(', ');
  const concat = '[2, 3, 4, 5]';
  return (
    `Genotype(normal=[${cell(normal)}], normal_concat=${concat}, ` +
    `reduce=[${cell(reduce)}], reduce_concat=${concat})`
  );
}

const CONCAT = String.raw`(?:\[2, ?3, ?4, ?5\]|range\(2, ?6\))`;
const EDGES = String.raw`\[([^\]]*)\]`;
const GENOTYPE = new RegExp(
  `^Genotype\\(normal=${EDGES}, ?normal_concat=${CONCAT}, ` +
    `?reduce=${EDGES}, ?reduce_concat=${CONCAT}\\)$`,
);

/**
 * Inverse of {@link formatGenotype}, and of the tables' digits: `0.3 1.3 … ;…` with
 * `<node>.<operation>` eight times per cell. The two edges of a node may come in either order.
 *
 * @throws ArcherError `ARCHER_DARTS_GENOTYPE` naming the edge and what was expected
 */
export function parseGenotype(text: string): Genotype {
  const trimmed = text.trim();
  const [, normal, reduce] = GENOTYPE.exec(trimmed) ?? [];
  if (normal !== undefined && reduce !== undefined) {
    return { normal: tuples(text, normal), reduce: tuples(text, reduce) };
  }
  const cells = trimmed.split(';');
  if (cells.length !== 2 || !/^[\d. ;]+$/.test(trimmed)) {
    throw malformed(text, 'it has no normal and reduce cell with the nodes 2 to 5 concatenated');
  }
  const [first = [], second = []] = cells.map((cell) => digits(text, cell));
  return { normal: first, reduce: second };
}

function tuples(text: string, cell: string): CellGraph {
  const edges = Array.from(
    cell.matchAll(/\(\s*'([^']*)'\s*,\s*(\d+)\s*\)/g),
    ([, name = '', from]) => {
      const op = (VOCABULARY as readonly string[]).indexOf(name);
      if (op < 0)
        throw malformed(text, `"${name}" is no operation. ${suggestion(name, VOCABULARY)}`);
      return { op, from: Number(from) };
    },
  );
  return cellOf(text, edges, cell.split('(').length - 1);
}

function digits(text: string, cell: string): CellGraph {
  const edges = cell
    .trim()
    .split(' ')
    .map((edge) => {
      const [, from, op] = /^([0-4])\.([0-6])$/.exec(edge) ?? [];
      if (from === undefined) throw malformed(text, `"${edge}" is not <node>.<operation>`);
      return { op: Number(op), from: Number(from) };
    });
  return cellOf(text, edges, edges.length);
}

function cellOf(text: string, edges: readonly Edge[], written: number): CellGraph {
  if (edges.length !== 2 * NODES || written !== edges.length) {
    throw malformed(text, `a cell has ${written} of ${2 * NODES} edges`);
  }
  return Array.from({ length: NODES }, (_, at) => {
    const pair = edges.slice(2 * at, 2 * at + 2).sort((a, b) => a.from - b.from);
    const [a, b] = pair.map(({ from }) => from);
    if (a !== b && Number(b) < INPUTS + at) return pair;
    throw malformed(
      text,
      `node ${INPUTS + at} must read two of the nodes before it, not ${a} and ${b}`,
    );
  }).flat();
}

function malformed(text: string, reason: string): ArcherError {
  const shown = text.length > 120 ? `${text.slice(0, 120)}…` : text;
  return new ArcherError(
    'ARCHER_DARTS_GENOTYPE',
    `"${shown}" is no genotype of the DARTS space: ${reason.replace(/\.$/, '')}.`,
    {
      hint:
        "The form is Genotype(normal=[('sep_conv_3x3', 0), …], normal_concat=[2, 3, 4, 5], " +
        'reduce=[…], reduce_concat=[2, 3, 4, 5]) with eight edges per cell.',
      exit: EXIT.usage,
    },
  );
}
