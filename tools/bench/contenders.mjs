// @ts-check
// Who takes part: Archer's engines and PyTorch's configurations, and how their processes start.
import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { jobOf } from './cases.mjs';
import { Worker } from './worker.mjs';

export const ROOT = resolve(import.meta.dirname, '../..');
const PYTHON = join(ROOT, '.cache/torch-venv/bin/python');
const TFJS_NODE = join(ROOT, '.cache/tensorflow/node_modules/@tensorflow/tfjs-node');
const SLOW_CASE = 'typical N=1 B=64';

/** How to get PyTorch, which a run without it says. */
export const TORCH_RECIPE =
  'python3 -m venv .cache/torch-venv && .cache/torch-venv/bin/pip install torch==2.13.0 numpy';

/**
 * @typedef {import('./case-name.mjs').Case} Case
 * @typedef {{
 *   readonly engine: string,
 *   readonly precision: 'f32' | 'bf16',
 *   readonly variant?: string,
 *   readonly mode?: string,
 *   readonly layout?: string,
 *   readonly slow?: boolean,
 * }} Contender `slow`: only on the smallest case; mode, layout and their name `variant`: PyTorch's
 */

/** @type {Readonly<Record<string, Contender>>} */
export const ENGINES = {
  native: { engine: 'native', precision: 'f32' },
  'native-bf16': { engine: 'native', precision: 'bf16' },
  'native-wasm': { engine: 'native-wasm', precision: 'f32', slow: true },
  tensorflow: { engine: 'tensorflow', precision: 'f32', slow: true },
  wasm: { engine: 'wasm', precision: 'f32', slow: true },
  'tfjs-wasm': { engine: 'tfjs-wasm', precision: 'f32', slow: true },
  js: { engine: 'js', precision: 'f32', slow: true },
  webgpu: { engine: 'webgpu', precision: 'f32', slow: true },
};

/**
 * All but plain JavaScript, of which one step takes longer than the rest of the bench, and webgpu,
 * which is there for machines with a graphics card.
 */
export const DEFAULT_ENGINES = [
  'native',
  'native-bf16',
  'native-wasm',
  'tensorflow',
  'wasm',
  'tfjs-wasm',
];

/** Whether a contender takes part in a case. @param {Contender} of @param {string} name */
export function takesPart({ slow = false }, name) {
  return !slow || name === SLOW_CASE;
}

/** Where torch.compile is tried: on the cases of the bars, on all with one path, or nowhere. */
export const COMPILE = ['bars', 'all', 'none'];

/** @param {'f32' | 'bf16'} precision @returns {Contender[]} */
export function eagerVariants(precision) {
  return ['nhwc', 'nchw'].map((layout) => torchVariant(precision, 'eager', layout));
}

/** @param {'f32' | 'bf16'} precision @param {string} layout */
export function compiledVariant(precision, layout) {
  return torchVariant(precision, 'compile', layout);
}

/**
 * @param {'f32' | 'bf16'} precision @param {string} mode @param {string} layout
 * @returns {Contender}
 */
function torchVariant(precision, mode, layout) {
  return { engine: 'torch', precision, mode, layout, variant: `${mode} ${layout}` };
}

/**
 * Whether torch.compile is tried on a case. It makes a graph per path, and a supernet has
 * thousands: not where steps change the path.
 * @param {Case} of @param {string} choice
 */
export function compiles({ network, cells, batch }, choice) {
  if (network === 'random' || network === 'ranking') return false;
  return choice === 'all' || (choice === 'bars' && isBar({ network, cells, batch }));
}

/** Whether a bar compares the case with PyTorch. @param {Case} of */
function isBar({ network, cells, batch }) {
  return ['typical', 'darts'].includes(network) && cells === 5 && batch === 64;
}

/**
 * The layouts in which torch.compile is tried: both where a bar is about it, elsewhere the one that
 * trains faster without it.
 * @param {Case} of @param {string} choice @param {string} faster
 */
export function compiledLayouts(of, choice, faster) {
  if (!compiles(of, choice)) return [];
  return isBar(of) ? ['nhwc', 'nchw'] : [faster];
}

/** `torch f32 eager nhwc`. @param {Contender} of */
export function nameOf({ engine, precision, variant }) {
  return [engine, precision, variant].filter(Boolean).join(' ');
}

export function hasTorch() {
  return existsSync(PYTHON);
}

/** Where torch.compile keeps what it has compiled, by its real name: paths are part of the keys. */
function inductorCache() {
  const folder = join(ROOT, '.cache/torchinductor');
  mkdirSync(folder, { recursive: true });
  return realpathSync(folder);
}

/** @param {Contender} contender @param {Case} of @param {number} threads */
export function startWorker({ engine, precision, mode, layout }, of, threads) {
  const job = jobOf(of, threads);
  if (engine !== 'torch') {
    const env = { ...process.env };
    if (existsSync(TFJS_NODE)) env.ARCHER_TFJS_NODE ??= TFJS_NODE;
    const script = join(import.meta.dirname, 'archer-worker.mjs');
    return new Worker(
      process.execPath,
      [script, JSON.stringify({ ...job, engine, precision })],
      env,
    );
  }
  const script = join(import.meta.dirname, 'torch_worker.py');
  const full = { ...job, precision, layout, compile: mode === 'compile' };
  return new Worker(PYTHON, [script, JSON.stringify(full)], {
    ...process.env,
    TORCHINDUCTOR_CACHE_DIR: inductorCache(),
    PYTHONDONTWRITEBYTECODE: '1',
  });
}
