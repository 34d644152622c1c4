// @ts-check
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

const ARCHER = resolve(import.meta.dirname, '../../cli/dist/bin.js');

/**
 * Runs `archer run`, and kills it with SIGKILL after `killMs`, unless it has ended.
 * @param {readonly string[]} args
 * @param {number} [killMs]
 */
export async function runArcher(args, killMs) {
  const startMs = performance.now();
  const child = spawn(process.execPath, [ARCHER, 'run', ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, MLFLOW_TRACKING_URI: '' },
  });
  let stderr = '';
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  const timer = killMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killMs);
  /** @type {[number | null, NodeJS.Signals | null]} */
  const [code, signal] = /** @type {any} */ (await once(child, 'close'));
  clearTimeout(timer);
  return { code, signal, stderr, ms: performance.now() - startMs };
}
