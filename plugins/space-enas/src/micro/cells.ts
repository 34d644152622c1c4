import { parseTokens, type Token } from '../tokens.ts';

/** What a branch of a node can do, in the released order; an architecture stores the indices. */
export const OPERATIONS = [
  'sep_conv_3x3',
  'sep_conv_5x5',
  'avg_pool_3x3',
  'max_pool_3x3',
  'identity',
] as const;

export type Operation = (typeof OPERATIONS)[number];

/** Inputs of a cell, numbered 0 and 1: the outputs of the cell before the last and of the last. */
export const INPUTS = 2;

/** The kinds of cells. */
export const CELL_TYPES = ['normal', 'reduce'] as const;

export type CellType = (typeof CELL_TYPES)[number];

/** One of the two terms of a node: an operation on an earlier node. */
export interface Branch {
  /** Below the node's own number. */
  readonly input: number;
  /** Index in {@link OPERATIONS}. */
  readonly op: number;
}

/** A node is the sum of its branches. */
export type MicroNode = readonly [Branch, Branch];

/** The nodes of a cell, the first of which has the number 2. */
export type MicroCell = readonly MicroNode[];

/** An architecture of the micro space. */
export type MicroArchitecture = Readonly<Record<CellType, MicroCell>>;

/** The nodes that no branch reads, inputs among them, in their order: a cell's output. */
export function looseEnds(cell: MicroCell): number[] {
  const read = new Set(cell.flat().map(({ input }) => input));
  return Array.from({ length: INPUTS + cell.length }, (_, node) => node).filter(
    (node) => !read.has(node),
  );
}

/**
 * The number of architectures as the paper counts it, (5 · n!)⁴ for n nodes: 1.296e11 for five. The
 * space is larger: node i picks two of i inputs and two of five operations.
 */
export function paperCount(nodes: number): bigint {
  let factorial = 1n;
  for (let node = 2; node <= nodes; node++) factorial *= BigInt(node);
  return (BigInt(OPERATIONS.length) * factorial) ** 4n;
}

/**
 * The released encoding, of a node input, operation, input, operation: `0 2 0 0 0 4 …`, the normal
 * cell first.
 */
export function formatMicro({ normal, reduce }: MicroArchitecture): string {
  return [normal, reduce]
    .flat(2)
    .flatMap(({ input, op }) => [input, op])
    .join(' ');
}

/**
 * Inverse of {@link formatMicro}, for cells of so many nodes; lines may be broken anywhere.
 * @throws ArcherError `ARCHER_ENAS_TOKENS` naming the number that is wrong
 */
export function parseMicro(text: string, nodes: number): MicroArchitecture {
  const numbers = parseTokens(text, {
    space: `the micro space of ENAS with ${nodes} nodes per cell`,
    tokens: CELL_TYPES.flatMap((type) => tokensOf(type, nodes)),
    form:
      'Each node is an input, an operation, an input, an operation; ' +
      `${nodes} nodes of the normal cell, then ${nodes} of the reduction cell.`,
  });
  const branches = Array.from({ length: numbers.length / 2 }, (_, at): Branch => {
    const [input = 0, op = 0] = numbers.slice(2 * at, 2 * at + 2);
    return { input, op };
  });
  const all = Array.from({ length: 2 * nodes }, (_, at): MicroNode => {
    return branches.slice(2 * at, 2 * at + 2) as unknown as MicroNode; // as many as tokens
  });
  return { normal: all.slice(0, nodes), reduce: all.slice(nodes) };
}

function tokensOf(type: CellType, nodes: number): Token[] {
  return Array.from({ length: nodes }, (_, at) => {
    const node = `node ${INPUTS + at} of the ${type} cell`;
    const branch = (which: string): Token[] => [
      { name: `the ${which} input of ${node}`, below: INPUTS + at },
      { name: `the ${which} operation of ${node}`, below: OPERATIONS.length },
    ];
    return [...branch('first'), ...branch('second')];
  }).flat();
}
