import type { State, TextSplit } from '@archer-nas/core';
import { createStreams } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { describe, expect, it } from 'vitest';
import { TokenBatches } from './token-batches.ts';

/** 0, 1, 2, …: a token is its own position. */
const counting = (size: number): TextSplit => {
  return { name: 'train', size, tokens: Int32Array.from({ length: size }, (_, i) => i) };
};

describe('batches of text', () => {
  it('read the text in lanes, window by window, and predict the next token of each', () => {
    // 23 tokens in 3 lanes of 7: 0…6, 7…13, 14…20; the last two are left out.
    const source = new TokenBatches(counting(23), { lanes: 3, window: 4 });
    expect([source.length, source.size]).toEqual([2, 18]);
    const [first, second] = [source.at(0), source.at(1)];
    expect([...first.tokens]).toEqual([0, 7, 14, 1, 8, 15, 2, 9, 16, 3, 10, 17]);
    expect([...first.labels]).toEqual([...first.tokens].map((token) => token + 1));
    expect(second).toMatchObject({ steps: 2, lanes: 3, size: 6 });
    expect([...second.labels]).toEqual([5, 12, 19, 6, 13, 20]);
  });

  it('read the same text again in the next pass, which begins without a memory', () => {
    const source = new TokenBatches(counting(9), { lanes: 1, window: 4 });
    expect(source.at(0).carried).toBeUndefined();
    source.carry(tf.tensor2d([[1, 2]]));
    expect(Array.from(source.at(1).carried?.dataSync() ?? [])).toEqual([1, 2]);
    expect(source.at(2)).toEqual({ ...source.at(0), dispose: expect.any(Function) });
    expect(source.at(2).carried).toBeUndefined();
    source.dispose();
  });

  it('hand on what is carried through their state, and own one tensor', () => {
    const before = tf.memory().numTensors;
    const source = new TokenBatches(counting(9), { lanes: 1, window: 4 });
    tf.tidy(() => {
      for (const value of [0.5, 0.25]) source.carry(tf.tensor2d([[value]]));
    });
    expect(tf.memory().numTensors).toBe(before + 1);
    const saved = structuredClone(source.state) as State;
    const resumed = new TokenBatches(counting(9), { lanes: 1, window: 4 }, saved);
    expect(Array.from(resumed.at(1).carried?.dataSync() ?? [])).toEqual([0.25]);
    source.dispose();
    resumed.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('draw their noise by the step, whoever asks and however often', () => {
    const noise = createStreams(3);
    const source = new TokenBatches(counting(9), { lanes: 1, window: 4, noise });
    const draw = (step: number) => source.at(step).noise?.('dropout').float();
    expect(draw(0)).toBe(draw(0));
    expect(draw(0)).not.toBe(draw(2));
    expect(new TokenBatches(counting(9), { lanes: 1, window: 4 }).at(0).noise).toBeUndefined();
  });

  it('refuse a text that is too short for its lanes', () => {
    expect(() => new TokenBatches(counting(9), { lanes: 5, window: 4 })).toThrow(
      'The 9 tokens of train are too few for 5 lanes',
    );
  });
});
