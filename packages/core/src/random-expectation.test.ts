import { describe, expect, it } from 'vitest';
import { randomSearchExpectation } from './random-expectation.ts';

/** By going through all sequences of n draws; of equal rewards each is equally likely. */
function byEnumeration(rewards: readonly number[], truth: readonly number[], n: number) {
  const sequences = rewards.length ** n;
  const values: number[] = [];
  for (let sequence = 0; sequence < sequences; sequence++) {
    const draws = Array.from(
      { length: n },
      (_, i) => Math.floor(sequence / rewards.length ** i) % rewards.length,
    );
    const best = Math.max(...draws.map((draw) => rewards[draw] as number));
    const winners = draws.filter((draw) => rewards[draw] === best);
    const mean = winners.reduce((sum, draw) => sum + (truth[draw] as number), 0) / winners.length;
    values.push(mean);
  }
  return values.reduce((sum, value) => sum + value, 0) / sequences;
}

describe('randomSearchExpectation', () => {
  it('is the mean over all sequences of draws', () => {
    const rewards = [3, 1, 2, 2];
    const truth = [10, 20, 40, 50];
    for (const n of [1, 2, 3, 4]) {
      const { mean } = randomSearchExpectation(rewards, truth, n);
      expect(mean).toBeCloseTo(byEnumeration(rewards, truth, n), 12);
    }
  });

  it('has the spread of a fair coin for one draw of two', () => {
    expect(randomSearchExpectation([0, 1], [0, 1], 1)).toEqual({ mean: 0.5, std: 0.5 });
  });

  it('ends at the best for many draws', () => {
    const { mean, std } = randomSearchExpectation([1, 2, 3], [7, 8, 9], 1000);
    expect(mean).toBeCloseTo(9, 9);
    expect(std).toBeCloseTo(0, 6);
  });
});
