import { ArcherError, EXIT, suggestion } from '@archer-nas/core';

/** What a node can apply; genotypes store indices. `none` is never derived. */
export const ACTIVATIONS = ['tanh', 'relu', 'sigmoid', 'identity'] as const;

export type Activation = (typeof ACTIVATIONS)[number];

/** Nodes that compute, s₁ to s₈; s₀ comes from x_t and h_{t−1}. */
export const NODES = 8;

/** How node i becomes s_i: the state that it reads, below i, and an index of {@link ACTIVATIONS}. */
export interface RecurrentNode {
  readonly from: number;
  readonly activation: number;
}

/** An architecture of the space: its nodes in order. All of them are averaged. */
export type Genotype = readonly RecurrentNode[];

/** The community's notation: `Genotype(recurrent=[('relu', 0), …], concat=range(1, 9))`. */
export function formatGenotype(genotype: Genotype): string {
  const nodes = genotype.map(({ from, activation }) => `('${ACTIVATIONS[activation]}', ${from})`);
  return `Genotype(recurrent=[${nodes.join(', ')}], concat=range(1, ${NODES + 1}))`;
}

const GENOTYPE =
  /^Genotype\(recurrent=\[([^\]]*)\], ?concat=(?:range\(1, ?9\)|\[1(?:, ?[2-8]){7}\])\)$/;

/**
 * Inverse of {@link formatGenotype}.
 * @throws ArcherError `ARCHER_DARTS_RNN_GENOTYPE` naming the node and what was expected
 */
export function parseGenotype(text: string): Genotype {
  const [, list] = GENOTYPE.exec(text.trim()) ?? [];
  if (list === undefined) throw malformed(text, 'it has no recurrent list with all nodes averaged');
  const found = [...list.matchAll(/\(\s*'([^']*)'\s*,\s*(\d+)\s*\)/g)];
  if (found.length !== NODES || list.split('(').length - 1 !== NODES) {
    throw malformed(text, `it has ${list.split('(').length - 1} nodes, not ${NODES}`);
  }
  return found.map(([, name = '', from], at) => {
    const activation = (ACTIVATIONS as readonly string[]).indexOf(name);
    if (activation < 0) {
      throw malformed(text, `"${name}" is no activation. ${suggestion(name, ACTIVATIONS)}`);
    }
    if (Number(from) > at) throw malformed(text, `node ${at + 1} cannot read state ${from}`);
    return { activation, from: Number(from) };
  });
}

function malformed(text: string, reason: string): ArcherError {
  const shown = text.length > 120 ? `${text.slice(0, 120)}…` : text;
  return new ArcherError(
    'ARCHER_DARTS_RNN_GENOTYPE',
    `"${shown}" is no genotype of the DARTS RNN space: ${reason.replace(/\.$/, '')}.`,
    {
      hint: `The form is Genotype(recurrent=[('relu', 0), …], concat=range(1, 9)), ${NODES} nodes.`,
      exit: EXIT.usage,
    },
  );
}
