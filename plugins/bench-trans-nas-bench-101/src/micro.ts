import { type ChoiceSpace, type CostModel, choiceSpace } from '@archer-nas/core';

import { malformed } from './errors.ts';
import { convNorm, outerParams, STEM } from './layers.ts';
import { canonicalMicro, EDGES } from './micro-canonical.ts';

/** The operations of edges, in the benchmark's order; cells store their indices. */
export const OPERATIONS = ['none', 'skip_connect', 'conv_1x1', 'conv_3x3'] as const;

/** One operation index per edge. */
export type MicroCell = readonly number[];

/** Modules of the fixed skeleton `64-41414`, by their channels; the first of two cells is odd. */
const MODULES = [
  { from: 64, to: 128 },
  { from: 128, to: 128 },
  { from: 128, to: 256 },
  { from: 256, to: 256 },
  { from: 256, to: 512 },
];
const CELLS_PER_MODULE = 2;

/** The 4,096 cells of TransNAS-Bench-101's micro space. @param classes of the task for `params` */
export function microSpace(classes: number): ChoiceSpace<MicroCell> {
  return choiceSpace<MicroCell>({
    name: 'trans-nas-bench-101-micro',
    decisions: EDGES.map(([from, to], edge) => ({
      name: `edge${edge}:${from}-${to}`,
      kind: 'categorical' as const,
      options: OPERATIONS,
    })),
    encode: (cell) => cell,
    decode: (choices) => choices,
    format: formatMicro,
    parse: parseMicro,
    canonical: canonicalMicro,
    costs: microCosts(classes),
  });
}

/** The official string, `64-41414-a_bc_def`. */
export function formatMicro(cell: MicroCell): string {
  const [a, b, c, d, e, f] = cell;
  return `64-41414-${a}_${b}${c}_${d}${e}${f}`;
}

/** Inverse of {@link formatMicro}. @throws ArcherError `ARCHER_TNB101_STRING` */
export function parseMicro(text: string): MicroCell {
  const [, ...nodes] = /^64-41414-([0-3])_([0-3]{2})_([0-3]{3})$/.exec(text.trim()) ?? [];
  if (nodes.length === 3) return Array.from(nodes.join(''), Number);
  const form =
    'The form is 64-41414-a_bc_def, a digit per edge 0→1; 0→2, 1→2; 0→3, 1→3, 2→3: ' +
    `${OPERATIONS.map((name, op) => `${op} ${name}`).join(', ')}.`;
  throw malformed(text, 'micro', 'it is not 64-41414- and six digits from 0 to 3', form);
}

/**
 * Parameters of the network for a classification task. In the first cell of a module that halves
 * the image, edges from the input change the channels, and a skip is a factorised reduction.
 */
function microCosts(classes: number): CostModel<MicroCell> {
  const base = outerParams(MODULES.at(-1)?.to ?? STEM, classes);
  const perChoice = EDGES.map(([from]) => OPERATIONS.map((_, op) => edgeParams(op, from === 0)));
  const params = (cell: MicroCell): number =>
    cell.reduce((sum, op, edge) => sum + (perChoice[edge]?.[op] ?? 0), base);
  return {
    names: ['params'],
    of: (cell) => ({ params: params(cell) }),
    additive: { params: { base, perChoice } },
  };
}

/** Parameters of an edge's operation in all ten cells. */
function edgeParams(op: number, fromInput: boolean): number {
  let params = 0;
  for (const module of MODULES) {
    for (let cell = 0; cell < CELLS_PER_MODULE; cell++) {
      const from = cell === 0 && fromInput ? module.from : module.to;
      const changes = from !== module.to;
      if (op === 1 && changes) params += convNorm(1, from, module.to);
      if (op === 2) params += convNorm(1, from, module.to);
      if (op === 3) params += convNorm(3, from, module.to);
    }
  }
  return params;
}
