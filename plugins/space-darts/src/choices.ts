import { type CellGraph, type Genotype, INPUTS, NODES, OPERATIONS } from './genotype.ts';

/** Per node, the pairs of inputs it can read, ascending: 1, 3, 6 and 10 of them. */
export const PAIRS: readonly (readonly (readonly [number, number])[])[] = Array.from(
  { length: NODES },
  (_, node) => {
    const inputs = Array.from({ length: INPUTS + node }, (_, input) => input);
    return inputs.flatMap((a) => inputs.slice(a + 1).map((b) => [a, b] as const));
  },
);

/** Choices per node: which two inputs, the operation on the first, the operation on the second. */
const PER_NODE = 3;
const PER_CELL = PER_NODE * NODES;

/** Twelve decisions for the normal cell, then twelve for the reduction cell. */
export const DECISIONS = ['normal', 'reduce'].flatMap((cell) =>
  PAIRS.flatMap((pairs, node) =>
    [
      { name: 'inputs', options: pairs.map((pair) => pair.join('+')) },
      { name: 'first', options: OPERATIONS },
      { name: 'second', options: OPERATIONS },
    ].map(({ name, options }) => ({
      name: `${cell}:node${INPUTS + node}:${name}`,
      kind: 'categorical' as const,
      options: [...options],
    })),
  ),
);

/** The choices of a genotype. */
export function toChoices({ normal, reduce }: Genotype): number[] {
  const choices = new Array<number>(2 * PER_CELL);
  write(normal, choices, 0);
  write(reduce, choices, PER_CELL);
  return choices;
}

function write(graph: CellGraph, into: number[], start: number): void {
  for (let node = 0; node < NODES; node++) {
    const [a, b] = [graph[2 * node], graph[2 * node + 1]];
    const at = start + PER_NODE * node;
    const pair = (PAIRS[node] ?? []).findIndex(([x, y]) => x === a?.from && y === b?.from);
    into[at] = pair;
    into[at + 1] = a?.op ?? -1;
    into[at + 2] = b?.op ?? -1;
  }
}

/** The genotype of choices in range. */
export function fromChoices(choices: readonly number[]): Genotype {
  return { normal: read(choices, 0), reduce: read(choices, PER_CELL) };
}

function read(choices: readonly number[], start: number): CellGraph {
  return PAIRS.flatMap((pairs, node) => {
    const [pair = 0, first = 0, second = 0] = choices.slice(start + PER_NODE * node);
    const [a, b] = pairs[pair] ?? [0, 1];
    return [
      { op: first, from: a },
      { op: second, from: b },
    ];
  });
}
