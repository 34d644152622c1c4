import { createStreams, type DataOrder, type OrderRecipe } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { crossEntropy } from '@archer-nas/nn';
import { describe, expect, it } from 'vitest';
import plugins from './index.ts';
import { orderOptions } from './options.ts';

/** The recipe as a manifest gets it. */
function recipeOf(options: object = {}): OrderRecipe {
  const plugin = plugins.find(({ id, kind }) => kind === 'order' && id === 'importance');
  if (plugin === undefined || !('create' in plugin)) throw new Error('no plugin order:importance');
  const create = plugin.create as (chosen: unknown, deps: unknown) => OrderRecipe;
  return create(orderOptions.parse(options), {});
}

const next = (order: DataOrder, e: number, total = 250) =>
  order.next({ done: e, total, unit: 'epoch' }, createStreams(11).stream('order', e));
const endEpoch = (order: DataOrder, e: number, total = 250) =>
  order.advance?.({ done: e + 1, total, unit: 'epoch' })?.metrics ?? {};
const q = (order: DataOrder) => [...((order.state as { q: Float64Array | null }).q ?? [])];

describe('the score of a sample', () => {
  it('is the distance of the softmax from the label, at most √2', () => {
    const scores = (logits: number[][], labels: number[]) =>
      tf.tidy(() => [
        ...crossEntropy(tf.tensor2d(logits), Int32Array.from(labels)).score.dataSync(),
      ]);
    const logits = [2, 1, 0];
    const [a, b, c] = scores([logits, logits, logits], [0, 1, 2]);
    expect([a, b, c].map((s) => s?.toFixed(5))).toEqual(['0.42434', '1.01049', '1.15347']);
    expect(scores([new Array(10).fill(0)], [4])[0]).toBeCloseTo(0.9486833, 6);
    const p = [0.7, 0.2, 0.1].map(Math.log);
    expect(scores([p, p], [0, 2]).map((s) => s.toFixed(5))).toEqual(['0.37417', '1.15758']);
    expect(scores([[100, -100]], [1])[0]).toBeCloseTo(Math.SQRT2, 6);
  });
});

describe('the data distribution', () => {
  it('is the released one by hand: first value, then halves; not drawn counts zero', () => {
    const order = recipeOf().begin(4);
    order.observe(Int32Array.of(0, 1), Float32Array.of(0.5, 0.3));
    order.observe(Int32Array.of(0, 3), Float32Array.of(1, 0.45));
    expect(endEpoch(order, 100)).toMatchObject({ 'data-tau': 0.4, 'data-distinct': 0.75 });
    const expected = [0.35, 0.23, 0.15, 0.27];
    q(order).forEach((q_j, j) => {
      expect(q_j).toBeCloseTo(expected[j] as number, 6);
    });
  });

  it('tells the quartiles of q in units of 1/N at the end of an epoch', () => {
    const order = recipeOf().begin(4);
    order.observe(Int32Array.of(0, 1), Float32Array.of(0.5, 0.3));
    order.observe(Int32Array.of(0, 3), Float32Array.of(1, 0.45));
    const report = order.advance?.({ done: 101, total: 250, unit: 'epoch' });
    const rows = report?.tables?.['data-probability']?.rows ?? [];
    // Of 0.15, 0.23, 0.27 and 0.35: the nearest of them.
    expect(rows.map(([name]) => name)).toEqual([
      ...['least', 'lower quartile', 'median', 'upper quartile', 'greatest'],
    ]);
    [0.6, 0.92, 1.08, 1.08, 1.4].forEach((value, i) => {
      expect(rows[i]?.[1]).toBeCloseTo(value, 6);
    });
  });

  it('halves towards each later score of the same epoch, and forgets them after it', () => {
    const order = recipeOf().begin(2);
    for (const s of [1, 2, 3]) order.observe(Int32Array.of(0), Float32Array.of(s));
    expect((order.state as { score: Float64Array }).score[0]).toBe(2.25);
    endEpoch(order, 0);
    expect(order.state).toMatchObject({ score: new Float64Array(2), drawn: new Uint8Array(2) });
  });

  it('starts with a permutation, then draws uniformly with replacement, then by score', () => {
    const order = recipeOf().begin(1000);
    const first = next(order, 0);
    expect(new Set(first.index).size).toBe(1000);
    expect(first.weight).toBeUndefined();
    order.observe(
      first.index,
      Float32Array.from(first.index, (j) => (j < 500 ? 1 : 0)),
    );
    endEpoch(order, 0); // τ = 0
    const second = next(order, 1).index;
    expect(second).toHaveLength(1000);
    expect(new Set(second).size / 1000).toBeCloseTo(0.632, 1);
    expect(second.filter((j) => j < 500).length).toBeLessThan(570);
    order.observe(
      second,
      Float32Array.from(second, (j) => (j < 500 ? 1 : 0)),
    );
    endEpoch(order, 249); // τ = 0.996
    expect(next(order, 250).index.filter((j) => j < 500).length).toBeGreaterThan(980);
  });

  it('R39 sums to one and never falls below the floor', () => {
    const order = recipeOf().begin(50);
    const stream = createStreams(1).stream('scores');
    for (let e = 0; e < 100; e++) {
      const { index } = next(order, e, 100);
      order.observe(
        index,
        Float32Array.from(index, () => stream.float() * Math.SQRT2),
      );
      endEpoch(order, e, 100);
      expect(q(order).reduce((sum, q_j) => sum + q_j, 0)).toBeCloseTo(1, 12);
      expect(Math.min(...q(order))).toBeGreaterThanOrEqual((1 - e / 100) / 50 - 1e-15);
    }
  });

  it('draws in proportion to q', () => {
    const order = recipeOf({ smoothing: 1 }).begin(4);
    order.observe(Int32Array.of(0, 1, 2, 3), Float32Array.of(0, 1, 2, 5));
    endEpoch(order, 0);
    const counts = [0, 0, 0, 0];
    for (let e = 1; e <= 5000; e++)
      for (const j of next(order, e).index) counts[j] = (counts[j] ?? 0) + 1;
    expect(counts[0]).toBe(0);
    [0, 1 / 8, 2 / 8, 5 / 8].forEach((q_j, j) => {
      expect((counts[j] as number) / 20_000).toBeGreaterThan(q_j - 0.015);
      expect((counts[j] as number) / 20_000).toBeLessThan(q_j + 0.015);
    });
  });

  it('shrinks the pool of images with τ even when all scores are equal', () => {
    const order = recipeOf().begin(2000);
    const distinct: number[] = [];
    for (let e = 0; e < 250; e++) {
      const { index } = next(order, e);
      order.observe(index, new Float32Array(2000).fill(1));
      distinct.push(new Set(index).size / 2000);
      expect(endEpoch(order, e)['data-distinct']).toBe(distinct[e]);
    }
    const expected = {
      0: 1,
      1: 0.632,
      2: 0.64,
      50: 0.63,
      100: 0.61,
      150: 0.58,
      200: 0.51,
      245: 0.36,
    };
    for (const [e, fraction] of Object.entries({ ...expected, 249: 0.31 })) {
      expect(Math.abs((distinct[Number(e)] as number) - fraction), `epoch ${e}`).toBeLessThan(0.03);
    }
  });
});

describe('R39 the estimator 1/(N q)', () => {
  it('is unbiased: Σ q_j w_j g_j is the mean gradient', () => {
    const order = recipeOf({ weighted: true, smoothing: 0.7 }).begin(5);
    const g = [3, -1, 4, 1, -5];
    order.observe(Int32Array.of(0, 1, 2, 3), Float32Array.of(0.1, 0.9, 0.4, 1.2));
    endEpoch(order, 0);
    const w = new Map<number, number>();
    for (let e = 1; w.size < 5; e++) {
      const { index, weight } = next(order, e);
      index.forEach((j, k) => {
        w.set(j, weight?.[k] as number);
      });
    }
    const mean = q(order).reduce(
      (sum, q_j, j) => sum + q_j * (w.get(j) ?? 0) * (g[j] as number),
      0,
    );
    expect(mean).toBeCloseTo(2 / 5, 6);
  });

  it('caps weights', () => {
    const order = recipeOf({ weighted: true, weightCap: 2, smoothing: 0.9 }).begin(4);
    order.observe(Int32Array.of(0), Float32Array.of(1));
    endEpoch(order, 0);
    const all = Array.from({ length: 50 }, (_, e) => [...(next(order, e + 1).weight ?? [])]).flat();
    // 1/(4 · 0.925) and 1/(4 · 0.025) = 10
    expect([...new Set(all)].map((w) => w.toFixed(4)).sort()).toEqual(['0.2703', '2.0000']);
  });
});
