// @ts-check
// Time inside the native engine's kernels: what is left of a step is JavaScript.
import { tf } from '@archer-nas/engine';

/** Functions of the addon that compute nothing. */
const ADMINISTRATION = new Set(['buffer', 'setThreads', 'paths', 'usePath']);

/**
 * Runs `use` with a clock around every kernel of the backend's addon.
 * @param {() => Promise<{ ms: number[] }>} use
 * @returns {Promise<{ ms: number, cycles: number,
 *   kernels: Record<string, { calls: number, ms: number }> } | null>} sums over all cycles; null when the current backend has no addon
 */
export async function recordKernels(use) {
  const { queue } = /** @type {any} */ (tf.backend());
  if (queue === undefined) return null;
  queue.run();
  const { addon } = queue;
  /** @type {Record<string, { calls: number, ms: number }>} */
  const kernels = {};
  queue.addon = { ...addon };
  for (const [name, compute] of Object.entries(addon)) {
    if (ADMINISTRATION.has(name) || typeof compute !== 'function') continue;
    const total = { calls: 0, ms: 0 };
    kernels[name] = total;
    queue.addon[name] = timed(compute, total);
  }
  try {
    const { ms } = await use();
    queue.run();
    const used = Object.entries(kernels).filter(([, { calls }]) => calls > 0);
    return {
      ms: ms.reduce((a, b) => a + b),
      cycles: ms.length,
      kernels: Object.fromEntries(used),
    };
  } finally {
    queue.addon = addon;
  }
}

/** @param {Function} compute @param {{ calls: number, ms: number }} total */
function timed(compute, total) {
  return (/** @type {unknown[]} */ ...values) => {
    const begin = performance.now();
    const result = compute(...values);
    total.ms += performance.now() - begin;
    total.calls += 1;
    return result;
  };
}
