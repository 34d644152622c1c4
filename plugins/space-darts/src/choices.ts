import type { Choice } from '@archer-nas/core';

import type { Derivable, Operations } from './candidates.ts';
import { CELL_TYPES, type CellType, EDGES, edgeAt } from './edges.ts';
import { type CellGraph, type Genotype, INPUTS, NODES, VOCABULARY } from './genotype.ts';

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

/** One categorical choice of a genotype. */
export interface GenotypeDecision {
  readonly name: string;
  readonly kind: 'categorical';
  readonly options: readonly string[];
}

/** Genotypes as choices: twelve of the normal cell, then twelve of the reduction cell. */
export interface GenotypeChoices {
  readonly decisions: readonly GenotypeDecision[];
  toChoices(genotype: Genotype): Choice[];
  /** @param choices in range */
  fromChoices(choices: readonly Choice[]): Genotype;
}

/**
 * The choices where an edge can be what `operations` say. Which operation a choice stands for may
 * depend on the inputs that are chosen; all edges of a cell have the same number of operations.
 */
export function genotypeChoices(operations: Operations): GenotypeChoices {
  const listAt = (type: CellType, from: number, to: number): readonly number[] =>
    (operations[type][edgeAt(from, to)] ?? []).map((name) => VOCABULARY.indexOf(name));
  return {
    decisions: CELL_TYPES.flatMap((type) => decisionsOf(type, operations[type])),
    toChoices: (genotype) =>
      CELL_TYPES.flatMap((type) =>
        PAIRS.flatMap((pairs, node) => {
          const [a, b] = genotype[type].slice(2 * node, 2 * node + 2);
          const optionOf = (edge: typeof a) =>
            listAt(type, edge?.from ?? -1, INPUTS + node).indexOf(edge?.op ?? -1);
          return [
            pairs.findIndex(([x, y]) => x === a?.from && y === b?.from),
            optionOf(a),
            optionOf(b),
          ];
        }),
      ),
    fromChoices: (choices) => {
      const cellOf = (type: CellType): CellGraph =>
        PAIRS.flatMap((pairs, node) => {
          const at = PER_NODE * (CELL_TYPES.indexOf(type) * NODES + node);
          const [pair = 0, ...options] = choices.slice(at, at + PER_NODE);
          return (pairs[pair] ?? []).map((from, which) => ({
            op: listAt(type, from, INPUTS + node)[options[which] ?? 0] ?? -1,
            from,
          }));
        });
      return { normal: cellOf('normal'), reduce: cellOf('reduce') };
    },
  };
}

function decisionsOf(
  type: CellType,
  operations: readonly (readonly Derivable[])[],
): GenotypeDecision[] {
  const [first = []] = operations;
  const alike = EDGES.every((_, edge) => operations[edge]?.join() === first.join());
  // Where the edges differ, a choice is the position in the edge's own list.
  const names = alike ? first : first.map((_, position) => `operation ${position + 1}`);
  return PAIRS.flatMap((pairs, node) =>
    [
      { name: 'inputs', options: pairs.map((pair) => pair.join('+')) },
      { name: 'first', options: names },
      { name: 'second', options: names },
    ].map(({ name, options }) => ({
      name: `${type}:node${INPUTS + node}:${name}`,
      kind: 'categorical' as const,
      options: [...options],
    })),
  );
}
