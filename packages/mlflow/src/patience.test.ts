import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Patience } from './patience.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

/** Of a run of so many seconds, at the end of which the last request had failed. */
function failing(runSeconds: number): Patience {
  const patience = new Patience(true);
  vi.advanceTimersByTime(runSeconds * 1000);
  patience.begin(15_000, true);
  return patience;
}

/** Milliseconds that a run still waits. */
function waitMs(patience: Patience): number {
  let ms = 0;
  for (; !patience.isOver; ms++) vi.advanceTimersByTime(1);
  return ms;
}

describe('R25 the end of a run', () => {
  it('is over with the first failure when the server was down before', () => {
    expect(failing(25).lasts(true)).toBe(false);
  });

  it('waits for what is under way and for one try more', () => {
    const patience = new Patience(true);
    patience.asks();
    patience.begin(15_000, true);
    expect([patience.lasts(true), patience.lasts(true)]).toEqual([true, false]);
  });

  it.each([
    [1, 100],
    [20, 200],
    [25, 250],
    [3600, 500],
  ])('after %i s waits at most %i ms for a server that failed and hangs', (seconds, ms) => {
    const patience = failing(seconds);
    patience.asks();
    expect(waitMs(patience)).toBe(ms);
  });

  it('waits 100 ms for a server that has not answered for 2 s', () => {
    const patience = new Patience(true);
    patience.asks();
    vi.advanceTimersByTime(2001);
    patience.begin(15_000, false);
    expect(waitMs(patience)).toBe(100);
  });

  it('waits as long as it may once the server answers', () => {
    const patience = failing(25);
    patience.asks();
    patience.answered();
    expect(waitMs(patience)).toBe(15_000);
  });

  it('waits for a server that works', () => {
    const patience = new Patience(true);
    patience.answered();
    patience.rests();
    patience.begin(15_000, false);
    expect(waitMs(patience)).toBe(15_000);
  });
});

it('R32 a sending that no run waits for is not cut short', () => {
  const patience = new Patience(false);
  vi.advanceTimersByTime(1000);
  patience.begin(15_000, true);
  expect(waitMs(patience)).toBe(15_000);
});
