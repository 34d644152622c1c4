import { expect, it } from 'vitest';

import { draw } from './draw.ts';
import { parseGenotype } from './genotype.ts';

it("draws DARTS's own cell: both inputs, eight activations and the mean of eight states", () => {
  const genotype = parseGenotype(
    "Genotype(recurrent=[('sigmoid', 0), ('relu', 1), ('relu', 1), ('identity', 1), " +
      "('tanh', 2), ('sigmoid', 5), ('tanh', 3), ('relu', 5)], concat=range(1, 9))",
  );
  const [cell, ...others] = draw(genotype);
  expect(others).toEqual([]);
  const { name, nodes = [], edges } = cell ?? {};
  expect(name).toBe('cell');
  expect(nodes.join(' ')).toBe('x h s0 s1 s2 s3 s4 s5 s6 s7 s8 new h');
  expect(edges?.map(({ from, to, label }) => `${nodes[from]} ${label} ${nodes[to]}`)).toEqual([
    ...['x tanh s0', 'h tanh s0'],
    ...['s0 sigmoid s1', 's1 relu s2', 's1 relu s3', 's1 identity s4'],
    ...['s2 tanh s5', 's5 sigmoid s6', 's3 tanh s7', 's5 relu s8'],
    ...[1, 2, 3, 4, 5, 6, 7, 8].map((at) => `s${at}  new h`),
  ]);
});
