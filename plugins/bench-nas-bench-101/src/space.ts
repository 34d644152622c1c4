import {
  type Allowed,
  type Choice,
  type ChoiceSpace,
  choiceSpace,
  type Mutation,
  type Stream,
} from '@archer-nas/core';

import {
  type Cell,
  EDGE_SLOTS,
  formatCell,
  isValid,
  MAX_VERTICES,
  OPERATION_SLOTS,
  OPERATIONS,
  parseCell,
  prune,
} from './cell.ts';
import { hashes } from './graph-hash.ts';
import { networkParams } from './network-params.ts';

/** Adjacency matrices of seven vertices that are valid, of 2^21; counted by `countMatrices`. */
export const VALID_MATRICES = 1_538_083;

/** Expected changes of a mutation: one edge per vertex, one operation. */
const EDGE_RATE = 1 / MAX_VERTICES;
const OPERATION_RATE = 1 / OPERATION_SLOTS;

const edges = Array.from({ length: MAX_VERTICES }, (_, to) =>
  Array.from({ length: to }, (_, from) => ({
    name: `edge${from}-${to}`,
    kind: 'categorical' as const,
    options: ['no', 'yes'],
  })),
).flat();
const operations = Array.from({ length: OPERATION_SLOTS }, (_, at) => ({
  name: `vertex${at + 1}`,
  kind: 'categorical' as const,
  options: OPERATIONS,
}));

/**
 * The cells of NAS-Bench-101 as the authors encode them for search: seven vertices, 21 edge bits
 * and five operations, of which part may lead nowhere and survives until a mutation connects it.
 * Many encodings are one network; `canonical` is the benchmark's hash, of which there are 423,624.
 */
export function nasBench101(): ChoiceSpace<Cell> {
  return choiceSpace<Cell>({
    name: 'nas-bench-101',
    decisions: [...edges, ...operations],
    encode: (cell) => cell,
    decode: (choices) => choices,
    format: formatCell,
    parse: parseCell,
    valid: isValid,
    count: countCells,
    mutation: flips,
    canonical: hashes(),
    costs: { names: ['params'], of: (cell) => ({ params: networkParams(prune(cell)) }) },
  });
}

/**
 * The options of cells with at most so many vertices, see `restrict`: those before the output
 * that are too many have no edges.
 */
export function withVertices(vertices: number): (readonly number[] | undefined)[] {
  const spare = (v: number): boolean => v >= vertices - 1 && v < MAX_VERTICES - 1;
  const slots = Array.from({ length: MAX_VERTICES }, (_, to) =>
    Array.from({ length: to }, (_, from) => (spare(from) || spare(to) ? [0] : undefined)),
  ).flat();
  return [
    ...slots,
    ...Array.from({ length: OPERATION_SLOTS }, (_, at) => (spare(at + 1) ? [0] : undefined)),
  ];
}

/**
 * The mutation of the authors' evolution: every edge is flipped with probability 1/7, every
 * operation replaced by another with probability 1/5, until the cell is valid. The child can be
 * its parent.
 */
function flips(allowed: Allowed): Mutation {
  return (cell, stream) => {
    const child = new Array<Choice>(cell.length);
    for (let at = 0; at < cell.length; at++) {
      const rate = at < EDGE_SLOTS ? EDGE_RATE : OPERATION_RATE;
      const now = cell[at] as Choice;
      child[at] = stream.float() < rate ? another(allowed[at] ?? [], now, stream) : now;
    }
    return child;
  };
}

function another(options: readonly number[], now: Choice, stream: Stream): Choice {
  const others = options.filter((option) => option !== now);
  return others.length > 0 ? stream.pick(others) : now;
}

/** Operations do not decide what is valid: matrices times operations. */
function countCells(allowed: Allowed): bigint {
  const matrices = allowed.slice(0, EDGE_SLOTS);
  const labels = allowed.slice(EDGE_SLOTS).reduce((product, { length }) => product * length, 1);
  const whole = matrices.every(({ length }) => length === 2);
  return BigInt(whole ? VALID_MATRICES : countMatrices(matrices)) * BigInt(labels);
}

/** Goes through all matrices, a second for 2^21. */
export function countMatrices(allowed: Allowed): number {
  const cell = new Array<number>(EDGE_SLOTS).fill(0);
  const from = (at: number): number => {
    if (at === EDGE_SLOTS) return isValid(cell) ? 1 : 0;
    let count = 0;
    for (const bit of allowed[at] ?? []) {
      cell[at] = bit;
      count += from(at + 1);
    }
    return count;
  };
  return from(0);
}
