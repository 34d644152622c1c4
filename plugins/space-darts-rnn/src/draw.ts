import type { CellDrawing } from '@archer-nas/core';

import { ACTIVATIONS, type Genotype } from './genotype.ts';

/** x and h, the states s₀ to s₈, and the new h, their mean without s₀; an edge bears its activation. */
export function draw(genotype: Genotype): CellDrawing[] {
  const states = ['s0', ...genotype.map((_, at) => `s${at + 1}`)];
  const nodes = ['x', 'h', ...states, 'new h'];
  const place = (state: number) => state + 2;
  const inputs = [0, 1].map((from) => ({ from, to: place(0), label: 'tanh' }));
  const inner = genotype.map(({ from, activation }, at) => {
    return { from: place(from), to: place(at + 1), label: ACTIVATIONS[activation] ?? '' };
  });
  const averaged = genotype.map((_, at) => {
    return { from: place(at + 1), to: nodes.length - 1, label: '' };
  });
  return [{ name: 'cell', nodes, edges: [...inputs, ...inner, ...averaged] }];
}
