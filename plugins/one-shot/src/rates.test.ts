import type { State } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { oneShotOptions } from './options.ts';
import { rates } from './rates.ts';

const options = (given: object) => oneShotOptions.parse({ lr: 1, schedule: 'plateau', ...given });
const waits = { plateau: { factor: 0.5, patience: 1 } };

/** The rate of each epoch of two steps, whose losses are given. */
function run(given: object, losses: readonly (readonly number[])[], from = 0, saved?: State) {
  const own = rates(options(given), { stepsPerEpoch: 2, saved });
  const seen = losses.map((epoch, i) => {
    const at = own.at(2 * (from + i));
    for (const loss of epoch) own.observe(loss);
    own.endEpoch(from + i + 1);
    return at;
  });
  return { seen, state: own.state as State };
}

/** Means 3, 2, 2, 2, 2, 2, 2. */
const LOSSES = [
  [4, 2],
  [2, 2],
  [1, 3],
  [2, 2],
  [3, 1],
  [2, 2],
  [2, 2],
];

describe('the rates of a plateau', () => {
  it('go by the mean loss of an epoch, not by that of its steps', () => {
    expect(run(waits, LOSSES).seen).toEqual([1, 1, 1, 1, 0.5, 0.5, 0.25]);
  });

  it('begin anew with the epochs of resets, counted from 1', () => {
    expect(run({ ...waits, resets: [6] }, LOSSES).seen).toEqual([1, 1, 1, 1, 0.5, 1, 0.5]);
  });

  it('never fall below minLr', () => {
    expect(run({ ...waits, minLr: 0.4 }, LOSSES).seen.at(-1)).toBe(0.4);
  });

  it('go on from a saved state as if nothing had been', () => {
    const whole = run(waits, LOSSES);
    const first = run(waits, LOSSES.slice(0, 3));
    const rest = run(waits, LOSSES.slice(3), 3, first.state);
    expect([...first.seen, ...rest.seen]).toEqual(whole.seen);
    expect(rest.state).toEqual(whole.state);
  });

  it('are refused to a supernet that is split, and resets to other schedules', () => {
    const course = { epochs: 3, before: 0 };
    expect(() => rates(options({}), { stepsPerEpoch: 2, course })).toThrow(/split/);
    const cosine = options({ schedule: 'cosine', resets: [2] });
    expect(() => rates(cosine, { stepsPerEpoch: 2 })).toThrow(/Only a plateau has resets/);
  });
});
