import { tf } from '@archer-nas/engine';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { zeroMap } from './elementwise.ts';
import { withoutFusion } from './fused.ts';
import { type Candidate, mixtureGates, pathGates, site } from './gates.ts';
import { wave } from './testing/finite-differences.ts';
import { forwardWith } from './testing/forward.ts';

beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

const forward = forwardWith({});
const ones = () => tf.ones([1, 2, 2, 1]) as tf.Tensor4D;
const times = (factor: number): Candidate => vi.fn((x: tf.Tensor4D) => tf.mul(x, factor));
const first = (y: tf.Tensor | undefined): number | undefined => y?.dataSync()[0];

describe('site', () => {
  it('runs only the option of a path', () => {
    const candidates = [times(2), times(3)];
    const [gate] = pathGates([1]);
    expect(first(site(ones(), gate ?? { support: [] }, candidates, forward))).toBe(3);
    expect(candidates[0]).not.toHaveBeenCalled();
  });

  it('mixes the supported options, each with the weight at its place in the support', () => {
    const candidates = [times(1), times(10), times(100), () => undefined];
    const weights = tf.tensor1d([0.5, 2, 7]);
    const gate = { support: [2, 0, 3], weights, scale: tf.scalar(3) };
    expect(first(site(ones(), gate, candidates, forward))).toBeCloseTo(3 * (50 + 2), 4);
    expect(first(site(ones(), { support: [0, 1] }, candidates, forward))).toBe(11);
  });

  it('has the same gradients by maps and weights with one kernel as with several', () => {
    const inputs = [wave([1, 2, 2, 3], 0.1), wave([4], 0.2)];
    const gradients = () =>
      tf.grads((x, weights) => {
        const candidates = [times(1), () => undefined, times(-3), (x: tf.Tensor4D) => tf.square(x)];
        const gate = { support: [3, 1, 0, 2], weights: weights as tf.Tensor1D };
        return tf.sum(tf.square(site(x as tf.Tensor4D, gate, candidates, forward) as tf.Tensor));
      })(inputs);
    const [fused, composed] = [gradients(), withoutFusion(gradients)];
    composed.forEach((gradient, i) => {
      gradient.dataSync().forEach((value, at) => {
        expect(fused[i]?.dataSync()[at]).toBeCloseTo(value, 5);
      });
    });
    // No gradient by the weight of an option that is zero.
    expect(fused[1]?.dataSync()[1]).toBe(0);
    expect(Math.abs(fused[1]?.dataSync()[0] ?? 0)).toBeGreaterThan(0.01);
  });

  it('lets nothing pass where there is no edge, not even what partial channels let pass', () => {
    const x = tf.ones([1, 2, 2, 4]) as tf.Tensor4D;
    const partial = { of: 2 };
    for (const support of [[-1], []]) {
      expect(site(x, { support, partial }, [times(2)], forward)).toBeUndefined();
    }
    expect(first(site(x, { support: [0], partial }, [times(2)], forward))).toBe(2);
  });

  it('computes nothing for a dead input or for options that are zero', () => {
    const candidates = [times(2), () => undefined];
    const { numTensors } = tf.memory();
    expect(site(undefined, { support: [0] }, candidates, forward)).toBeUndefined();
    expect(candidates[0]).not.toHaveBeenCalled();
    const x = ones();
    const none = { support: [1], scale: tf.scalar(2), weights: tf.tensor1d([1]) };
    expect(site(x, none, candidates, forward)).toBeUndefined();
    expect(tf.memory().numTensors).toBe(numTensors + 3);
  });

  it('has zero maps where a layer wants them', () => {
    expect([...zeroMap(ones(), forward).dataSync()]).toEqual([0, 0, 0, 0]);
  });
});

describe('mixtureGates', () => {
  it('supports every option of every site', () => {
    const sites = [{ name: 's', decision: 0, options: ['a', 'b', 'c'] }];
    const weights = tf.tensor1d([1, 2, 3]);
    expect(mixtureGates(sites, [weights])).toEqual([{ support: [0, 1, 2], weights }]);
  });
});
