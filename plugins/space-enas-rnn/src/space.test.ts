import { createStreams } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import {
  lossAndGradients,
  type Model,
  ParameterStore,
  pathGates,
  TokenBatches,
} from '@archer-nas/nn';
import { describe, expect, it } from 'vitest';
import { parseCell } from './cell.ts';
import { aloneCell } from './recurrent-cell.ts';
import { type EnasRnnSettings, enasRnnSpace } from './space.ts';
import { toyText, VOCABULARY } from './testing/toy-corpus.ts';

const dropout = { words: 0, embedded: 0, input: 0, hidden: 0, output: 0 };
const settings: EnasRnnSettings = {
  ...{ nodes: 4, first: 'chosen', output: 'loose-ends', width: 3, initRange: 0.7 },
  ...{ dropout, slowness: 0 },
};
const spaceOf = (changes: Partial<EnasRnnSettings> = {}) =>
  enasRnnSpace({ ...settings, ...changes });
const task = { vocabulary: VOCABULARY.length };
const streams = createStreams(4);
const batch = new TokenBatches(toyText(), { lanes: 4, window: 3 }).at(1);
const space = spaceOf();
const cell = space.parse('1 0 0 1 2 0 3');

function parameterCount({ parameters }: Model): number {
  return parameters.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
}

/** The new state of a cell of width 1 with given weights, at x = 0.5 and h = 0.2. */
function scalar(output: 'loose-ends' | 'all', text: string): number {
  const form = { nodes: 2, first: 'chosen', output, width: 1, initRange: 1 } as const;
  const values: Record<string, number> = {
    'cell.node1.from0.gate': 0.3,
    'cell.node1.from0.value': 0.5,
  };
  const forward = {
    parameters: { get: (name: string) => tf.tensor2d([[values[name] ?? 1]]) },
    batchNorm: 'batch',
  } as const;
  const step = aloneCell(parseCell(text, form), form).unroll([], forward, {});
  return step(tf.tensor2d([[0.5]]), tf.tensor2d([[0.2]])).dataSync()[0] as number;
}

describe("the networks of ENAS's recurrent space", () => {
  it('have the published states in one dimension, averaged over loose ends or all (check J)', () => {
    // tanh, then relu of node 0: s₀ = 0.4701936, s₁ = 0.3443684.
    expect(scalar('loose-ends', '0 0 1')).toBeCloseTo(0.3443684, 6);
    expect(scalar('all', '0 0 1')).toBeCloseTo(0.407281, 6);
  });

  it('apply the first activation to x and h', () => {
    const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
    // [c, v] = 0.7 for both, as every weight of node 0 is one; node 1 is the identity of it.
    const s0 = 0.2 + sigmoid(0.7) * (0.7 - 0.2);
    const s1 = s0 + sigmoid(0.3 * s0) * (0.5 * s0 - s0);
    expect(scalar('all', '3 0 3')).toBeCloseTo((s0 + s1) / 2, 6);
  });

  it.each([
    // 4 w² of the input, 2 w² of each further node, embedding and bias: N = 12, w = 200.
    [12, 'chosen', 200, 4 * 40_000 + 22 * 40_000 + 2_010_000],
    // The corrected code's eight nodes and the first, with the width of DARTS: as its cells.
    [9, 'tanh', 850, 22_960_000],
  ] as const)(
    'of %i nodes (%s) and width %i have %i parameters with 10,000 words',
    (nodes, first, width, count) => {
      const large = spaceOf({ nodes, first, width });
      const words = { vocabulary: 10_000 };
      for (let i = 0; i < 3; i++) {
        const model = large.network(large.sample(streams.stream('count', i)), words);
        expect(parameterCount(model)).toBe(count);
      }
      // The supernet has a matrix, two halves, for every pair of nodes.
      const more = ((nodes * (nodes - 1)) / 2 - (nodes - 1)) * 2 * width * width;
      expect(parameterCount(large.supernet(words))).toBe(count + more);
    },
  );

  it('agree: a path of the supernet is the cell that is trained alone', () => {
    for (const output of ['loose-ends', 'all'] as const) {
      const own = spaceOf({ output });
      const supernet = own.supernet(task);
      const store = new ParameterStore(supernet.parameters, streams);
      const forward = { parameters: store, batchNorm: 'batch' } as const;
      const inherited = supernet.loss(batch, pathGates(own.path(cell, supernet)), forward);
      const alone = own.network(cell, task).loss(batch, [], forward);
      expect([...inherited.perSample.dataSync()]).toEqual([...alone.perSample.dataSync()]);
      store.dispose();
    }
  });

  it('train the weights of the pairs on their path, and leave all others alone', () => {
    const supernet = space.supernet(task);
    const store = new ParameterStore(supernet.parameters, streams);
    const gates = pathGates(space.path(cell, supernet));
    const { gradients, dispose } = lossAndGradients(supernet, store, gates, batch);
    const pairs = [...gradients.keys()].filter(
      (name) => name.endsWith('.gate') && name.includes('node'),
    );
    expect(pairs).toEqual([
      ...['cell.node1.from0.gate', 'cell.node2.from1.gate', 'cell.node3.from0.gate'],
    ]);
    dispose();
    store.dispose();
  });

  it('R39 have the gradients of finite differences', () => {
    const supernet = space.supernet(task);
    const store = new ParameterStore(supernet.parameters, streams);
    const gates = pathGates(space.path(cell, supernet));
    const result = lossAndGradients(supernet, store, gates, batch);
    expect(result.gradients.size).toBe(4 + 6 + 2);
    for (const [name, gradient] of result.gradients) {
      const direction = tf.tensor(
        Float32Array.from({ length: gradient.size }, (_, i) => Math.sin(1 + 3 * i)),
        gradient.shape,
      );
      const slope = tf.sum(tf.mul(gradient, direction)).dataSync()[0] as number;
      const along = (factor: number) => {
        const at = store.displaced(new Map([[name, direction]]), factor);
        return store.at(at, (parameters) => {
          const { mean } = supernet.loss(batch, gates, { parameters, batchNorm: 'batch' });
          return mean.dataSync()[0] as number;
        });
      };
      const numeric = (along(2e-3) - along(-2e-3)) / 4e-3;
      expect(Math.abs(numeric - slope), name).toBeLessThan(2e-2 * Math.max(1, Math.abs(slope)));
    }
    result.dispose();
    store.dispose();
  });

  it('refuse mixtures', () => {
    const supernet = space.supernet(task);
    const store = new ParameterStore(supernet.parameters, streams);
    const gates = supernet.sites.map(({ options }) => ({ support: options.map((_, at) => at) }));
    expect(() => lossAndGradients(supernet, store, gates, batch)).toThrow('no mixtures');
    store.dispose();
  });
});
