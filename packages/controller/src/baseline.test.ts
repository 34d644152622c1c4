import { describe, expect, it } from 'vitest';
import { advantageOf, NO_REWARDS } from './baseline.ts';
import { learningWith } from './testing/options.ts';

/** Baselines and advantages of rewards, one after the other. */
function run(rewards: readonly number[], options: object): { b: number[]; advantage: number[] } {
  const { baseline: how } = learningWith({ baseline: options });
  let baseline = NO_REWARDS;
  const b: number[] = [];
  const advantage: number[] = [];
  for (const reward of rewards) {
    const judged = advantageOf(baseline, reward, how);
    baseline = judged.baseline;
    b.push(judged.b);
    advantage.push(judged.advantage);
  }
  return { b, advantage };
}

function expectClose(values: readonly number[], expected: readonly number[]): void {
  expect(values).toHaveLength(expected.length);
  expected.forEach((value, at) => {
    expect(values[at]).toBeCloseTo(value, 5);
  });
}

describe('the moving average of rewards', () => {
  it('begins at 0 and sees a reward before its advantage is formed (check D)', () => {
    const { b, advantage } = run([0.2, 0.4, 0.4], { decay: 0.99, start: 'zero' });
    expectClose(b, [0.002, 0.00598, 0.00992]);
    expectClose(advantage, [0.198, 0.39402, 0.39008]);
  });

  it('makes .99 R of the first advantage where it begins at 0 (gotcha 2)', () => {
    const { advantage } = run([0.7], { decay: 0.99, start: 'zero' });
    expectClose(advantage, [0.99 * 0.7]);
  });

  it('begins at the first reward (check D)', () => {
    const { b, advantage } = run([0.2, 0.4, 0.4], { decay: 0.95, start: 'first' });
    expectClose(b, [0.2, 0.21, 0.2195]);
    expectClose(advantage, [0, 0.19, 0.1805]);
  });

  it('has no bias where it is corrected', () => {
    const { b, advantage } = run([0.8, 0.9], { decay: 0.9, start: 'corrected' });
    expectClose(b, [0.8, 0.85263]);
    expect(advantage[1]).toBeCloseTo(0.047368, 6);
  });

  it('can be used before it sees the reward', () => {
    const how = { decay: 0.9, order: 'use-then-update' };
    expectClose(run([0.2, 0.4, 0.4], { ...how, start: 'zero' }).advantage, [0.2, 0.38, 0.342]);
    expectClose(run([0.8, 0.9], { ...how, start: 'corrected' }).advantage, [0.8, 0.1]);
  });
});
