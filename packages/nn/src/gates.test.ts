import { tf } from '@archer-nas/engine';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { zeroMap } from './elementwise.ts';
import { type Candidate, mixtureGates, pathGates, site } from './gates.ts';
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
