import { createStreams, type State } from '@archer-nas/core';
import { denseMixture, type Rows, type Site, softmaxRows } from '@archer-nas/nn';
import { describe, expect, it } from 'vitest';
import plugin from './index.ts';
import { edgeScores, incoming, pcDarts } from './pc-darts.ts';

const rows = (...values: number[][]): Rows => values.map((row) => Float64Array.from(row));
const options = plugin.options.parse({});
const streams = createStreams(3);

/** Two cells, tied, of three edges into node 2 and one into node 1; two options each. */
const sites: Site[] = [0, 1].flatMap((cell) =>
  [1, 2, 2, 2].map((node, decision) => ({
    ...{
      name: `cell${cell}.edge${decision}`,
      decision,
      options: ['a', 'b'],
      node: `cell${cell}.${node}`,
    },
  })),
);
const begin = (changes: object = {}, saved?: State) => {
  const modifier = pcDarts(plugin.options.parse(changes));
  const modification = modifier.begin?.({ sites, streams, stage: 0 }, saved);
  if (modification?.mixture === undefined) throw new Error('pc-darts has no edges');
  return modification as Required<typeof modification>;
};
const uniform = denseMixture(rows([0.5, 0.5], [0.5, 0.5], [0.5, 0.5], [0.5, 0.5]));
const moment = { step: 0, epoch: 0, epochs: 1, alphaFrom: 0 };
const scalesOf = (modification: ReturnType<typeof begin>) =>
  modification.mixture(uniform, moment).map(({ scale = Number.NaN }) => scale);

describe('R39 edge normalisation of PC-DARTS', () => {
  it('is a softmax over the edges into a node: (0, 1, .5) (check)', () => {
    const [weights = []] = softmaxRows(rows([0, 1, 0.5]));
    const expected = [0.186324, 0.50648, 0.307196];
    for (const [i, value] of expected.entries()) expect(weights[i]).toBeCloseTo(value, 6);
    const state = begin().state as unknown as { rows: Rows };
    const told = { ...state, rows: [Float64Array.of(7), Float64Array.of(0, 1, 0.5)] };
    const scales = scalesOf(begin({}, told as unknown as State));
    for (const [i, value] of [1, ...expected].entries()) expect(scales[i]).toBeCloseTo(value, 6);
  });

  it('keeps edges 1 and 2 where α alone would keep 0 and 1 (check)', () => {
    const p = softmaxRows(rows([0.1, 0.5, 0.2], [0.3, 0, 0.9], [0.4, 0.4, 0.4]));
    const best = (of: Rows) => of.map((row) => Math.max(...row));
    const scored = edgeScores(p, [[0, 1, 2]], softmaxRows(rows([0, 1, 0.5])));
    for (const [i, value] of [0.077276, 0.259019, 0.102399].entries()) {
      expect(best(scored)[i]).toBeCloseTo(value, 6);
    }
    expect(best(p)[0]).toBeCloseTo(0.414742, 6);
    expect(best(p)[2]).toBeCloseTo(0.333333, 6);
  });

  it('groups the decisions by the node that they end in, once for all cells', () => {
    expect(incoming(sites)).toEqual([[0], [1, 2, 3]]);
    const kinds = ['normal', 'reduce'].flatMap((cell, kind) =>
      [0, 1].map((edge): Site => {
        return {
          name: `${cell}${edge}`,
          decision: 2 * kind + edge,
          options: ['a'],
          node: `${cell}.2`,
        };
      }),
    );
    expect(incoming(kinds)).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  it('starts near uniform, and gives weight to edges that lower the validation loss', () => {
    const modification = begin({ beta: { lr: 0.01 } });
    for (const scale of scalesOf(modification).slice(1)) expect(scale).toBeCloseTo(1 / 3, 2);
    const gradients = {
      gradients: new Map(),
      rows: [],
      scales: Float64Array.of(5, 0.2, -0.3, 0.1),
    };
    for (let step = 0; step < 200; step++) modification.update(gradients, moment);
    const [alone, first = 0, second = 0, third = 0] = scalesOf(modification);
    expect(alone).toBe(1);
    expect(second).toBeGreaterThan(0.6);
    expect(second).toBeGreaterThan(Math.max(first, third));
    expect(first + second + third).toBeCloseTo(1, 12);
  });

  it('takes the gradient through the softmax: β_i (g_i − Σ β_j g_j)', () => {
    // L = Σ g_i · softmax(β)_i, at β = (0, 1, .5): the first step of Adam is lr · sign.
    const modification = begin({ beta: { lr: 0.1, init: 0, weightDecay: 0 } });
    const gradients = { gradients: new Map(), rows: [], scales: Float64Array.of(0, 3, 3, 0) };
    modification.update(gradients, moment);
    const { rows: beta } = modification.state as unknown as { rows: Rows };
    // The mean is 2: two edges go down, the third up.
    for (const [i, value] of [-0.1, -0.1, 0.1].entries())
      expect(beta[1]?.[i]).toBeCloseTo(value, 6);
  });

  it('leaves the mixture that it was given, and multiplies scales of others', () => {
    const halved = uniform.map((row) => ({ ...row, scale: 0.5 }));
    const modified = begin({ beta: { init: 0 } }).mixture(halved, moment);
    expect(halved[1]?.scale).toBe(0.5);
    expect(modified[1]?.scale).toBeCloseTo(0.5 / 3, 12);
    expect(modified[1]?.weights).toBe(uniform[1]?.weights);
  });

  it('is left out when told so', () => {
    expect(pcDarts({ ...options, edges: false }).begin).toBeUndefined();
  });
});

describe('R39 partial channels of PC-DARTS', () => {
  const task = { classes: 10, image: { height: 32, width: 32, channels: 3 } };

  it('are asked of the space: one of four blocks', () => {
    expect(pcDarts(options).task?.(task, 0)).toEqual({ ...task, partial: 4 });
    expect(pcDarts({ ...options, k: 1 }).task?.(task, 0)).toBe(task);
  });
});

it('has the settings of the search on CIFAR-10', () => {
  const beta = { lr: 6e-4, beta1: 0.5, beta2: 0.999, weightDecay: 1e-3, init: 1e-3 };
  expect(options).toEqual({ k: 4, edges: true, beta });
});
