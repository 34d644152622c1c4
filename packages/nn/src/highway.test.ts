import { tf } from '@archer-nas/engine';
import { describe, expect, it } from 'vitest';
import { highwayInput, highwayNode, RECURRENT_ACTIVATIONS } from './highway.ts';
import { highwayMixture } from './highway-mixture.ts';
import type { Gate } from './network.ts';

const read = (tensor: tf.Tensor): number[] => Array.from(tensor.dataSync());
const OPTIONS = ['none', 'tanh', 'relu', 'sigmoid', 'identity'];
const S = [tf.tensor2d([[0.5, -1]]), tf.tensor2d([[0.25, 2]])];
const W = {
  gate: tf.tensor2d([0.3, -0.7, -0.4, 0.6], [2, 2]),
  value: tf.tensor2d([0.2, 0.9, -0.8, 0.1], [2, 2]),
};

describe('a gated recurrent cell', () => {
  it('has the published values in one dimension (check F)', () => {
    const ones = { gate: tf.ones<tf.Rank.R2>([1, 1]), value: tf.ones<tf.Rank.R2>([1, 1]) };
    const weights = { input: ones, hidden: ones };
    const s0 = highwayInput(tf.tensor2d([[0.5]]), tf.tensor2d([[0.2]]), weights, {});
    expect(read(s0)[0]).toBeCloseTo(0.4701936, 6);
    const w1 = { gate: tf.tensor2d([[0.3]]), value: tf.tensor2d([[0.5]]) };
    const s1 = highwayNode(s0, w1, 'relu');
    expect(read(s1)[0]).toBeCloseTo(0.3443684, 6);
  });

  it('drops inputs in the product alone: what passes the gate is the whole state', () => {
    const none = tf.zeros([1, 2]);
    const s = S[0] as tf.Tensor2D;
    // [c, h] = 0: s + ½ (tanh 0 − s) = s / 2.
    expect(read(highwayNode(s, W, 'tanh', { hidden: none }))).toEqual([0.25, -0.5]);
  });
});

describe('a mixed node', () => {
  const at = (gates: readonly Gate[], states = S) => {
    const edges = gates.map((gate, from) => ({ from, gate }));
    return read(highwayMixture(edges, OPTIONS)(states, W));
  };

  it('is the weighted sum over edges and activations; `none` adds nothing', () => {
    const p = [
      [0.2, 0.1, 0.3, 0.25, 0.15],
      [0.4, 0.3, 0.05, 0.15, 0.1],
    ];
    const mixed = at(
      p.map((weights) => ({ support: [0, 1, 2, 3, 4], weights: tf.tensor1d(weights) })),
    );
    const expected = [0, 0];
    p.forEach((weights, j) => {
      for (const name of Object.keys(RECURRENT_ACTIVATIONS) as 'tanh'[]) {
        const alone = read(highwayNode(S[j] as tf.Tensor2D, W, name));
        const weight = weights[OPTIONS.indexOf(name)] ?? 0;
        alone.forEach((value, i) => {
          expected[i] = (expected[i] ?? 0) + weight * value;
        });
      }
    });
    mixed.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i] as number, 6);
    });
  });

  it('runs one option of one edge as the derived cell does', () => {
    const relu = at([{ support: [0] }, { support: [2] }]);
    const alone = read(highwayNode(S[1] as tf.Tensor2D, W, 'relu'));
    relu.forEach((value, i) => {
      expect(value).toBeCloseTo(alone[i] as number, 6);
    });
  });

  it('is zero where every edge is none, and scales an edge where its gate says so', () => {
    expect(at([{ support: [0] }, { support: [0] }])).toEqual([0, 0]);
    const whole = at([{ support: [1] }]);
    const half = at([{ support: [1], scale: tf.scalar(0.5) }]);
    half.forEach((value, i) => {
      expect(value).toBeCloseTo(0.5 * (whole[i] as number), 6);
    });
  });

  it('refuses gates that only maps have', () => {
    expect(() => at([{ support: [1], partial: { of: 4 } }])).toThrow('neither partial channels');
    expect(() => at([{ support: [1], after: (_, y) => y }])).toThrow('nor drop-path');
  });

  it('does not compute edges that let no activation pass', () => {
    const count = (gates: readonly Gate[]) =>
      tf.tidy(() => {
        const before = tf.memory().numTensors;
        at(gates);
        return tf.memory().numTensors - before;
      });
    expect(count([{ support: [0] }, { support: [0] }])).toBeLessThan(3);
  });
});
