import type { Clock } from '../src/clock.ts';

/** A clock whose pauses take no time and are written down. */
export interface TestClock extends Clock {
  readonly sleeps: number[];
}

export function testClock(start = 1_700_000_000_000): TestClock {
  const sleeps: number[] = [];
  let now = start;
  return {
    sleeps,
    now: () => now++,
    jitter: () => 0.5,
    sleep: async (ms) => {
      sleeps.push(ms);
      now += Math.ceil(ms);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}
