import { createStreams } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import {
  concreteRows,
  edgeScorer,
  gumbelNoise,
  lossAndGradients,
  type Mixture,
  mixtureLoss,
  ParameterStore,
  type PathPass,
  pathGates,
} from '@archer-nas/nn';
import { batchOf, toyCell, toyImages } from '@archer-nas/nn/toys';
import { describe, expect, it } from 'vitest';
import { close } from './close.ts';

const gate = { embedding: 3, hidden: 4, layers: [5], perceptron: [4], dropout: 0 };
const recipe = close({ curriculum: [1, 3, 4], temperature: 2, gate });
const data = toyImages(['train']);
const streams = createStreams(0);
const after = (done: number) => ({ done, total: 9, unit: 'epoch' }) as const;

function begin(active = 1) {
  const network = toyCell(recipe.supernet?.sets);
  const own = recipe.parameters?.(network.sites) ?? [];
  const store = new ParameterStore([...network.parameters, ...own], createStreams(3));
  const context = { network, store, data, streams };
  return { network, store, gradients: recipe.begin(context, { active, steps: 0 }) };
}

const values = (store: ParameterStore, name: string) => [...store.value(name).dataSync()];
const lossOf = ({ loss }: PathPass) => loss.dataSync()[0] as number;

describe('CLOSE', () => {
  it('trains one set for all edges at first, where SPOS trains weights of each edge', () => {
    const { network, store, gradients } = begin();
    const batch = batchOf(data, 0);
    const pass = gradients.of([2, 2, 2], batch, {});
    const convolutions = [...pass.gradients.keys()].filter((name) => name.includes('conv.'));
    expect(convolutions).toEqual(['set0.conv.conv.weight']);
    // One of C = 3 sets: 3·3·2·2 weights, not three times as many for three edges (check C7).
    expect(pass.gradients.get('set0.conv.conv.weight')?.size).toBe(36);
    const plain = lossAndGradients(network, store, pathGates([2, 2, 2]), batch);
    expect(lossOf(pass)).toBe(plain.loss.dataSync()[0]);
    expect([...pass.gradients.keys()].some((name) => name.startsWith('gate.'))).toBe(false);
    for (const one of [pass, plain, batch, store]) one.dispose();
  });

  it('takes one more set into use with each epoch of the curriculum', () => {
    const { store, gradients } = begin();
    const seen = [1, 2, 3, 4].map((done) => gradients.advance?.(after(done)).metrics);
    expect(seen.map((metrics) => metrics?.['operation-sets'])).toEqual([1, 2, 3, 3]);
    store.dispose();
  });

  it('lets a new set inherit: its initial weights and those of the set before', () => {
    const { store, gradients } = begin();
    const name = (set: number) => `set${set}.conv.conv.weight`;
    const [w0, w1, w2] = [0, 1, 2].map((set) => values(store, name(set))) as [
      ...[number[], number[], number[]],
    ];
    const bias = values(store, 'gate.scores.bias');
    gradients.advance?.(after(1));
    expect(values(store, name(1))).toEqual(w1);
    gradients.advance?.(after(2));
    expect(values(store, name(0))).toEqual(w0);
    values(store, name(1)).forEach((w, i) => {
      expect(w).toBeCloseTo((w0[i] as number) + (w1[i] as number), 6);
    });
    expect(values(store, name(2))).toEqual(w2);
    // So does the last row of the gate.
    const [b0 = 0, b1 = 0, b2 = 0] = bias;
    const [c0, c1, c2] = values(store, 'gate.scores.bias');
    expect([c0, c2]).toEqual([b0, b2]);
    expect(c1).toBeCloseTo(b0 + b1, 6);
    store.dispose();
  });

  it('runs the set that the Gumbel softmax has drawn, and moves the gate by every set', () => {
    const { network, store, gradients } = begin(2);
    const path = [2, 1, 2];
    const batch = batchOf(data, 0);
    const before = tf.memory().numTensors;
    const pass = gradients.of(path, batch, {});
    // z = softmax((α + g)/τ) of the two sets in use.
    const scorer = edgeScorer('gate', network.sites, { ...gate, scores: 3 });
    const α = scorer.rows(path, store).map((row) => row.subarray(0, 2));
    const z = concreteRows(α, gumbelNoise(α, streams.stream('gumbel', 0)), 2);
    const chosen = z.map(([a = 0, b = 0]) => (b > a ? 1 : 0));
    const drawn = path.map((option, edge) =>
      option === 2 ? option + 3 * (chosen[edge] ?? 0) : option,
    );
    const single = lossAndGradients(network, store, pathGates(drawn), batch);
    expect(lossOf(pass)).toBeCloseTo(single.loss.dataSync()[0] as number, 6);
    // ∂L/∂z_c by finite differences, and Σ_edges Σ_c ∂L/∂z_c z_c (δ_ci − z_i)/τ = ∂L/∂bias_i.
    const mixture = (weights: readonly number[][]): Mixture =>
      path.map((option, edge) =>
        option === 2
          ? { support: [2, 5], weights: Float64Array.from(weights[edge] ?? []) }
          : { support: [option] },
      );
    const onehot = chosen.map((c) => [c === 0 ? 1 : 0, c === 1 ? 1 : 0]);
    const loss = (edge: number, c: number, h: number) => {
      const moved = onehot.map((row, e) => row.map((w, i) => w + (e === edge && i === c ? h : 0)));
      return mixtureLoss(network, store, mixture(moved), batch);
    };
    const bias = [0, 0, 0];
    for (const edge of [0, 2]) {
      const row = z[edge] as Float64Array;
      for (const c of [0, 1]) {
        const slope = (loss(edge, c, 1e-2) - loss(edge, c, -1e-2)) / 2e-2;
        row.forEach((z_i, i) => {
          bias[i] = (bias[i] ?? 0) + (slope * (row[c] ?? 0) * (Number(c === i) - z_i)) / 2;
        });
      }
    }
    const got = [...(pass.gradients.get('gate.scores.bias')?.dataSync() ?? [])];
    for (const i of [0, 1]) {
      const expected = bias[i] as number;
      expect(Math.abs(expected)).toBeGreaterThan(1e-4);
      expect(Math.abs((got[i] as number) - expected)).toBeLessThan(0.02 * Math.abs(expected));
    }
    expect(got[2]).toBe(0); // a set that is not in use
    expect([...pass.gradients.keys()].some((name) => name.startsWith('set2'))).toBe(false);
    pass.dispose();
    single.dispose();
    expect(tf.memory().numTensors).toBe(before);
    batch.dispose();
    store.dispose();
  });

  it('scores an architecture with the sets that its gate prefers', () => {
    const { network, store, gradients } = begin(3);
    const path = [2, 1, 2];
    const scorer = edgeScorer('gate', network.sites, { ...gate, scores: 3 });
    const preferred = (of: readonly number[]) =>
      scorer.rows(of, store).map((row) => row.indexOf(Math.max(...row)));
    const [a = 0, , c = 0] = preferred(path);
    expect(gradients.scored?.(path)).toEqual([2 + 3 * a, 1, 2 + 3 * c]);
    // A bias that outweighs everything decides for its set; skips have no weights to choose.
    store.set('gate.scores.bias', tf.tensor1d([0, 0, 100]));
    expect(gradients.scored?.(path)).toEqual([8, 1, 8]);
    store.dispose();
    const { store: first, gradients: begun } = begin(1);
    expect(begun.scored?.(path)).toEqual(path);
    first.dispose();
  });
});
