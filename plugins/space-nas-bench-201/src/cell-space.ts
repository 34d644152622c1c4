import {
  ArcherError,
  type Choice,
  type CostModel,
  type Decision,
  EXIT,
  type SearchSpace,
  type Stream,
} from '@archer-nas/core';

import { canonical } from './canonical.ts';
import { type Cell, cellOf, EDGES, formatCell, OPERATIONS, parseCell } from './cell.ts';
import { type CostTask, costModel } from './costs.ts';
import type { Skeleton } from './skeleton.ts';

/** Per edge, the operations that it may take, ascending. A choice is a position in this list. */
export type Allowed = readonly (readonly number[])[];

/** Every operation on every edge. */
export const ALL_ALLOWED: Allowed = EDGES.map(() => OPERATIONS.map((_, op) => op));

/** The space without its networks: everything that needs no tensors. */
export type CellSpace = Required<Omit<SearchSpace<Cell>, 'restrict'>> & {
  readonly allowed: Allowed;
};

/** The cells whose operations are in `allowed`. */
export function cellSpace(allowed: Allowed, skeleton: Skeleton, task: CostTask): CellSpace {
  const costs: CostModel<Cell> = costModel(skeleton, task, allowed);
  return {
    name: nameOf(allowed),
    size: BigInt(allowed.reduce((product, options) => product * options.length, 1)),
    allowed,
    costs,
    decisions: EDGES.map((_, edge) => decision(edge, allowed[edge] ?? [])),
    sample: (stream) => fromOptions(allowed, (options) => stream.pick(options)),
    format: formatCell,
    parse: (text) => within(allowed, parseCell(text)),
    id: (cell) => cell.join(''),
    canonical,
    all: () => lexicographic(allowed),
    toChoices: (cell) => within(allowed, cell).map((op, edge) => (allowed[edge] ?? []).indexOf(op)),
    fromChoices: (choices) => fromChoices(allowed, choices),
    neighbours: (cell) => neighbours(allowed, cell),
    mutate: (cell, stream) => mutate(allowed, cell, stream),
    crossover: (a, b, stream) =>
      cellOf(a.map((op, edge) => (stream.int(2) === 0 ? op : (b[edge] ?? op)))),
  };
}

/** The operations left when option lists of a space are limited. @throws ArcherError if none is */
export function narrow(
  allowed: Allowed,
  choices: readonly (readonly number[] | undefined)[],
): Allowed {
  return allowed.map((options, edge) => {
    const kept = choices[edge];
    if (kept === undefined) return options;
    const operations = options.filter((_, choice) => kept.includes(choice));
    const unknown = kept.find((choice) => options[choice] === undefined);
    if (operations.length > 0 && unknown === undefined) return operations;
    throw new ArcherError(
      'ARCHER_NB201_RESTRICT',
      `Edge ${edge} has the options 0 to ${options.length - 1}; ` +
        `it cannot be restricted to [${kept.join(', ')}].`,
    );
  });
}

function nameOf(allowed: Allowed): string {
  const lists = allowed.map((options) => options.join(''));
  if (lists.every((list) => list === ALL_ALLOWED[0]?.join(''))) return 'nas-bench-201';
  return `nas-bench-201[${lists.join(',')}]`;
}

function decision(edge: number, options: readonly number[]): Decision {
  const [from, to] = EDGES[edge] ?? [0, 0];
  const names = options.map((op) => OPERATIONS[op] ?? '');
  return { name: `edge${edge}:${from}-${to}`, kind: 'categorical', options: names };
}

function within(allowed: Allowed, cell: Cell): Cell {
  const edge = cell.findIndex((op, at) => !allowed[at]?.includes(op));
  if (edge < 0) return cell;
  const names = (allowed[edge] ?? []).map((op) => OPERATIONS[op]).join(', ');
  throw new ArcherError(
    'ARCHER_NB201_OUTSIDE',
    `${formatCell(cell)} is not in this sub-space: edge ${edge} can be ${names}.`,
    { exit: EXIT.usage },
  );
}

function fromOptions(
  allowed: Allowed,
  pick: (options: readonly number[], edge: number) => number,
): Cell {
  return cellOf(allowed.map(pick));
}

function fromChoices(allowed: Allowed, choices: readonly Choice[]): Cell {
  return fromOptions(allowed, (options, edge) => {
    const op = options[choices[edge] ?? -1];
    if (op !== undefined) return op;
    throw new ArcherError(
      'ARCHER_NB201_CELL',
      `Choice ${choices[edge]} of edge ${edge} is not one of its ${options.length} options.`,
    );
  });
}

function* lexicographic(allowed: Allowed): Generator<Cell> {
  const total = allowed.reduce((product, options) => product * options.length, 1);
  for (let code = 0; code < total; code++) {
    let rest = code;
    const operations = EDGES.map(() => 0);
    for (let edge = EDGES.length - 1; edge >= 0; edge--) {
      const options = allowed[edge] ?? [];
      operations[edge] = options[rest % options.length] ?? 0;
      rest = Math.floor(rest / options.length);
    }
    yield cellOf(operations);
  }
}

function* neighbours(allowed: Allowed, cell: Cell): Generator<Cell> {
  for (let edge = 0; edge < EDGES.length; edge++) {
    for (const op of allowed[edge] ?? []) {
      if (op !== cell[edge]) yield cellOf(cell.with(edge, op));
    }
  }
}

/** Another operation on one edge, both uniformly; the cell itself where nothing can change. */
function mutate(allowed: Allowed, cell: Cell, stream: Stream): Cell {
  const free = EDGES.map((_, edge) => edge).filter((edge) => (allowed[edge]?.length ?? 0) > 1);
  if (free.length === 0) return cell;
  const edge = stream.pick(free);
  const others = (allowed[edge] ?? []).filter((op) => op !== cell[edge]);
  return cellOf(cell.with(edge, stream.pick(others)));
}
