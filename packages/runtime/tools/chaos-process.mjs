// @ts-check
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { resolve } from 'node:path';

const ARCHER = resolve(import.meta.dirname, '../../cli/dist/bin.js');
const POLL_MS = 5;
/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

/**
 * When a process is killed: so many milliseconds after its start, or after it first wrote into
 * its journal.
 * @typedef {{ after: 'start' | 'journal', ms: number }} Moment
 */

/**
 * Runs `archer run`, on one thread, and kills it with SIGKILL, unless it has ended before.
 * @param {readonly string[]} args
 * @param {string} journal file of the run
 * @param {Moment} [moment]
 */
export async function runArcher(args, journal, moment) {
  const startMs = performance.now();
  const sizeBefore = sizeOf(journal);
  const child = spawn(process.execPath, [ARCHER, 'run', ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, MLFLOW_TRACKING_URI: '', ARCHER_THREADS: '1' },
  });
  running.add(child);
  let stderr = '';
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  const kill = () => child.kill('SIGKILL');
  let journalMs = 0;
  let timer = moment?.after === 'start' ? setTimeout(kill, moment.ms) : undefined;
  const watch = setInterval(() => {
    if (sizeOf(journal) === sizeBefore) return;
    clearInterval(watch);
    journalMs = performance.now() - startMs;
    if (moment?.after === 'journal') timer = setTimeout(kill, moment.ms);
  }, POLL_MS);
  /** @type {[number | null, NodeJS.Signals | null]} */
  const [code, signal] = /** @type {any} */ (await once(child, 'close'));
  clearInterval(watch);
  clearTimeout(timer);
  running.delete(child);
  const ms = performance.now() - startMs;
  return { code, signal, stderr, ms, journalMs: journalMs || ms };
}

/** Ends what runs; for the end of the program. */
export function killAll() {
  for (const child of running) child.kill('SIGKILL');
}

/** @param {string} file */
function sizeOf(file) {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
