import { createStreams } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { expect, it } from 'vitest';
import { dropout } from './dropout.ts';
import type { Forward } from './network.ts';
import { forwardWith } from './testing/forward.ts';

const pass = (rate: number): Forward => ({
  ...forwardWith({}),
  dropout: rate,
  draws: (name) => createStreams(1).stream(name),
});

it('dropout takes single values away, and divides the others by the share that is kept', () => {
  const values = dropout(tf.ones([500, 8]), pass(0.5), 'head').arraySync();
  const kept = values.flat().filter((value) => value !== 0);
  expect(new Set(kept)).toEqual(new Set([2]));
  // 2000 ± 4 standard deviations of 32.
  expect(Math.abs(kept.length - 2000)).toBeLessThan(127);
  // Values of an image fall each for itself.
  expect(values.every((row) => new Set(row).size === 1)).toBe(false);
});

it('dropout changes nothing at rate 0, draws by name, and needs something to draw from', () => {
  const y = tf.ones<tf.Rank.R2>([2, 3]);
  expect(dropout(y, pass(0), 'head')).toBe(y);
  const drawn = (name: string) => dropout(tf.ones([8, 8]), pass(0.5), name).dataSync();
  expect(drawn('a')).toEqual(drawn('a'));
  expect(drawn('a')).not.toEqual(drawn('b'));
  expect(() => dropout(y, { ...forwardWith({}), dropout: 0.1 }, 'head')).toThrow(/head/);
});

it('dropout leaves no tensor but its result', () => {
  const y = tf.ones<tf.Rank.R2>([2, 3]);
  const before = tf.memory().numTensors;
  dropout(y, pass(0.5), 'head');
  expect(tf.memory().numTensors).toBe(before);
});
