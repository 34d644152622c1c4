// @ts-check
// Processes that take turns: all of them stay, or, where memory is too small for that, each is
// started anew for its turn.
import { readFileSync } from 'node:fs';
import { phasesOf } from './cases.mjs';
import { nameOf, startWorker } from './contenders.mjs';

/**
 * @typedef {import('./case-name.mjs').Case} Case
 * @typedef {import('./contenders.mjs').Contender} Contender
 * @typedef {import('./measure.mjs').Settings} Settings
 * @typedef {import('./worker.mjs').Worker} Worker
 */

/** One contender's place in the rounds. */
export class Seat {
  /** @type {Worker | undefined} */
  #worker;
  #alone = false;

  /** @param {Contender} contender @param {Case} of @param {Settings} settings */
  constructor(contender, of, settings) {
    this.contender = contender;
    this.of = of;
    this.settings = settings;
  }

  /** Starts the process, which takes seconds, and does not wait for it. */
  start() {
    this.#worker ??= startWorker(this.contender, this.of, this.settings.threads);
    return this.#worker;
  }

  /** Has every turn start a process anew. */
  async makeAlone() {
    this.#alone = true;
    await this.close();
  }

  /** Lets `work` use the process, warmed up. @param {(worker: Worker) => Promise<void>} work */
  async turn(work) {
    const fresh = this.#worker === undefined;
    const worker = this.start();
    if (fresh) await this.warm();
    await work(worker);
    if (this.#alone) await this.close();
  }

  /** Two steps of each phase, compilation included. @returns the most memory so far, in KiB */
  async warm() {
    const worker = this.start();
    const compiles = this.contender.mode === 'compile';
    const limit = compiles ? this.settings.compileLimit : undefined;
    const end = performance.now() + 1e3 * (limit ?? Number.POSITIVE_INFINITY);
    for (const phase of phasesOf(this.of.network)) {
      const left = limit === undefined ? undefined : Math.max(1, (end - performance.now()) / 1e3);
      await worker.ask('time', { phase, seconds: 0, least: 2 }, left);
    }
    const { kib } = await worker.ask('peak');
    await worker.ask('resetPeak');
    return kib ?? 0;
  }

  async close() {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.close();
  }
}

/**
 * Starts all, then warms up one after the other. Those that cannot run here are recorded and left
 * out.
 * @param {readonly Contender[]} contenders @param {Case} of @param {Settings} settings
 * @returns {Promise<Seat[]>}
 */
export async function seated(contenders, of, settings) {
  const seats = contenders.map((contender) => new Seat(contender, of, settings));
  for (const seat of seats) seat.start();
  const ready = [];
  let largest = 0;
  let alone = false;
  for (const seat of seats) {
    if (!alone && availableKib() < settings.headroom * largest) {
      alone = true;
      settings.log('  memory is short: one process at a time');
      settings.record({ kind: 'alone', ...of });
      for (const other of ready) await other.makeAlone();
    }
    const peak = await firstWarmUp(seat);
    if (peak === undefined) continue;
    largest = Math.max(largest, peak);
    if (alone) await seat.makeAlone();
    ready.push(seat);
  }
  return ready;
}

/** @param {Seat} seat @returns its peak in KiB, or nothing where it does not run */
async function firstWarmUp(seat) {
  const { contender, of, settings } = seat;
  try {
    const about = await seat.start().ask('describe');
    if (about.unavailable) throw new Error(about.unavailable);
    const begin = performance.now();
    const peak = await seat.warm();
    const seconds = (performance.now() - begin) / 1e3;
    settings.record({ kind: 'worker', ...of, ...contender, ...about, warmUpSeconds: seconds });
    return peak;
  } catch (error) {
    const reason = /** @type {Error} */ (error).message.trim().split('\n').at(-1);
    settings.record({ kind: 'absent', ...of, ...contender, reason });
    settings.log(`  ${nameOf(contender)}: ${reason}`);
    await seat.close();
    return undefined;
  }
}

/** Memory that processes can still get; without /proc nobody knows, and it is taken as enough. */
function availableKib() {
  try {
    const kib = /^MemAvailable:\s+(\d+)/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1];
    return kib === undefined ? Number.POSITIVE_INFINITY : Number(kib);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
