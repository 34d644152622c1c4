import { createStreams } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { describe, expect, it } from 'vitest';
import { edgeScorer } from './edge-scorer.ts';
import type { ParameterSource, Site } from './network.ts';
import { ParameterStore } from './parameter-store.ts';
import { wave } from './testing/finite-differences.ts';

/** Two cells of three edges: 0→1, 0→2, 1→2. */
const sites: Site[] = [0, 1].flatMap((cell) =>
  [
    [0, 1],
    [0, 2],
    [1, 2],
  ].map(([from, to], decision) => ({
    ...{
      name: `cell${cell}.edge${decision}`,
      decision,
      options: ['none', 'skip', 'conv'],
      zero: 0,
    },
    ...{ from: `cell${cell}.${from}`, node: `cell${cell}.${to}` },
  })),
);
const sizes = { embedding: 3, hidden: 4, layers: [4, 5], perceptron: [6], scores: 2, dropout: 0.5 };
const scorer = edgeScorer('gate', sites, sizes);
const streams = createStreams(2);
const store = new ParameterStore(scorer.parameters, streams);
const path = (...options: number[]) => [...options, ...options];

describe('edgeScorer', () => {
  it('has the sizes that it is given', () => {
    const count = (layers: number[], perceptron: number[]) => {
      const of = { ...sizes, embedding: 48, hidden: 96, layers, perceptron, scores: 4 };
      const own = edgeScorer('gate', sites, of).parameters;
      return own.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    };
    // (3 + 3) 48 embeddings; 48 96 + 96; 96 128 + 128 + 48 128; 256 200 + 200; 200 4 + 4.
    expect(count([128], [200])).toBe(288 + 4704 + 18560 + 51400 + 804);
    // Another layer of each: 128 128 + 128 + 48 128; 200 200 + 200.
    expect(count([128, 128], [200, 200]) - count([128], [200])).toBe(22656 + 40200);
  });

  it('scores every edge by what runs on the others, but for edges that give zeros', () => {
    const rows = scorer.rows(path(1, 2, 1), store);
    expect(rows.map(({ length }) => length)).toEqual([2, 2, 2]);
    // The first edge tells the third, which begins where it ends.
    expect(scorer.rows(path(2, 2, 1), store)[2]).not.toEqual(rows[2]);
    // What the embedding of `none` is does not matter: nothing flows.
    const none = scorer.rows(path(0, 2, 0), store);
    const shape = [3, 3];
    const kept = store.get('gate.operations', shape);
    const other: ParameterSource = {
      get: (name, of) =>
        name === 'gate.operations' ? tf.add(kept, changed(0)) : store.get(name, of),
    };
    expect(scorer.rows(path(0, 2, 0), other)).toEqual(none);
    expect(
      scorer.rows(path(1, 2, 1), {
        get: (name, of) =>
          name === 'gate.operations' ? tf.add(kept, changed(1)) : store.get(name, of),
      }),
    ).not.toEqual(rows);
  });

  it.each([undefined, () => streams.stream('dropout')])(
    'has the gradients of finite differences, with dropout %s',
    (dropouts) => {
      const factors = [0, 1, 2].map((edge) => Float64Array.of(1 + edge, -0.5 * edge));
      const at = path(2, 1, 2);
      const sum = (source: ParameterSource): number =>
        scorer
          .rows(at, source, dropouts)
          .reduce(
            (total, row, edge) =>
              total + row.reduce((s, v, i) => s + v * (factors[edge]?.[i] ?? 0), 0),
            0,
          );
      const before = tf.memory().numTensors;
      const gradients = scorer.gradients(at, store, factors, dropouts);
      expect(gradients.size).toBe(scorer.parameters.length);
      expect(tf.memory().numTensors).toBe(before + gradients.size);
      for (const { name, shape } of scorer.parameters) {
        const direction = wave(shape, 0.4);
        const moved = (factor: number) =>
          store.at(
            new Map([[name, tf.add(store.get(name, shape), tf.mul(direction, factor))]]),
            sum,
          );
        const numeric = (moved(1e-3) - moved(-1e-3)) / 2e-3;
        const exact = tf
          .sum(tf.mul(gradients.get(name) as tf.Tensor, direction))
          .dataSync()[0] as number;
        expect(Math.abs(exact - numeric), name).toBeLessThan(5e-3 * Math.max(1, Math.abs(numeric)));
      }
      for (const one of gradients.values()) one.dispose();
    },
  );

  it('adds the weights of a score to the next one, and to no other', () => {
    const own = edgeScorer('gate', sites, { ...sizes, scores: 3 });
    const parameters = new ParameterStore(own.parameters, streams);
    const before = own.rows(path(1, 2, 2), parameters);
    const tensors = tf.memory().numTensors;
    own.succeed(1, parameters);
    expect(tf.memory().numTensors).toBe(tensors);
    const after = own.rows(path(1, 2, 2), parameters);
    for (const [edge, [a = 0, b = 0, c = 0]] of before.entries()) {
      expect(after[edge]?.[0]).toBe(a);
      expect(after[edge]?.[1]).toBeCloseTo(a + b, 5);
      expect(after[edge]?.[2]).toBe(c);
    }
    parameters.dispose();
  });

  it('refuses sites that do not say where they lie', () => {
    const bare = sites.map(({ name, decision, options }) => ({ name, decision, options }));
    expect(() => edgeScorer('gate', bare, sizes)).toThrow(/nodes/);
  });
});

/** 3×3 with ones in a row. */
function changed(row: number): tf.Tensor {
  return tf.tensor2d([0, 1, 2].map((at) => Array(3).fill(at === row ? 1 : 0)));
}
