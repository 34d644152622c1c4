// @ts-check
// How much of the processor others use, from Linux's /proc; elsewhere it is unknown (null).
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Clock ticks per second in /proc: 100 on every Linux that Node runs on. */
const TICKS = 100;

/** A machine counts as idle while others use at most this share of one core. */
export const IDLE_SHARE = 0.08;

/** Seconds of one look at the machine. */
const LOOK = 0.25;

/**
 * @typedef {{ readonly at: number, readonly busy: number, readonly own: number }} Usage
 * seconds: wall clock, processor time of all, processor time of the given processes
 */

/** @param {readonly number[]} pids @returns {Usage | null} */
export function usage(pids) {
  try {
    const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
    const fields = line.trim().split(/\s+/).slice(1, 9).map(Number);
    const [user = 0, nice = 0, system = 0, , , irq = 0, soft = 0, steal = 0] = fields;
    const busy = (user + nice + system + irq + soft + steal) / TICKS;
    const own = [process.pid, ...pids].reduce((sum, pid) => sum + processorTime(pid), 0);
    return { at: performance.now() / 1e3, busy, own };
  } catch {
    return null;
  }
}

/** Seconds of all threads of a process. @param {number} pid */
function processorTime(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/**
 * Share of one core that other processes (and the host) took between two moments.
 * @param {Usage | null} before @param {Usage | null} after
 */
export function foreignShare(before, after) {
  if (before === null || after === null) return null;
  const others = after.busy - before.busy - (after.own - before.own);
  return Math.max(0, others / (after.at - before.at));
}

/** Waits for an idle machine, in all at most so many seconds. */
export class Patience {
  #left;

  /** @param {number} seconds */
  constructor(seconds) {
    this.#left = seconds;
  }

  /** @param {readonly number[]} pids @returns {Promise<void>} */
  async wait(pids) {
    while (this.#left > 0) {
      const before = usage(pids);
      await sleep(1e3 * LOOK);
      const share = foreignShare(before, usage(pids));
      if (share === null || share <= IDLE_SHARE) return;
      this.#left -= LOOK;
    }
  }
}
