import { randomInt } from 'node:crypto';

/** Time, as the client and the tracker need it; tests put their own in its place. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after `ms`, or at once when `signal` aborts. It never keeps a process alive. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** A number in [0, 1) that keeps many clients from retrying at the same instant. */
  jitter(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  jitter: () => randomInt(1000) / 1000,
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      timer.unref();
      signal?.addEventListener('abort', done, { once: true });
    }),
};

/** Limits of the exponential backoff. */
export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
}

export const BACKOFF: Backoff = { firstMs: 250, maxMs: 30_000 };

/**
 * How long to wait after the `failures`-th failure in a row (from 0): doubling, half of it
 * jittered, never above `maxMs`. A server's own `Retry-After` counts, up to the same bound.
 */
export function delayMs(
  failures: number,
  clock: Clock,
  { firstMs, maxMs }: Backoff = BACKOFF,
  retryAfterMs = 0,
): number {
  const doubled = Math.min(maxMs, firstMs * 2 ** failures);
  return Math.min(maxMs, Math.max(retryAfterMs, doubled * (0.5 + clock.jitter() / 2)));
}
