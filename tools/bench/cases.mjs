// @ts-check
// What is measured: networks on NAS-Bench-201's skeleton, by the operations on a cell's six edges.
import { createStreams } from '@archer-nas/core';
import { CELLS, cellFromCode, isConnected, OPERATIONS } from '@archer-nas/space-nas-bench-201';

/**
 * @typedef {import('./case-name.mjs').Case} Case
 * @typedef {readonly string[]} Operations one name per edge 0→1, 0→2, 1→2, 0→3, 1→3, 2→3
 */

/** Single paths that a step of `random` takes one after the other. */
const RANDOM_PATHS = 6;
/** Architectures that `ranking` scores on the same images. */
const RANKED = 32;

/** Shape of the task and settings of the step: the defaults of the strategy `one-shot`. */
export const TASK = { channels: 16, classes: 10, image: 32 };
export const SGD = { learningRate: 0.01, momentum: 0.9, weightDecay: 2.5e-4, clip: 5 };

/** @type {Readonly<Record<string, readonly Operations[]>>} */
export const NETWORKS = {
  typical: [
    [
      'nor_conv_3x3',
      'avg_pool_3x3',
      'nor_conv_1x1',
      'skip_connect',
      'nor_conv_3x3',
      'nor_conv_1x1',
    ],
  ],
  heavy: [
    [
      'nor_conv_3x3',
      'nor_conv_3x3',
      'nor_conv_3x3',
      'skip_connect',
      'nor_conv_3x3',
      'nor_conv_3x3',
    ],
  ],
  darts: [
    [
      'sep_conv_3x3',
      'avg_pool_3x3',
      'dil_conv_3x3',
      'skip_connect',
      'sep_conv_3x3',
      'sep_conv_5x5',
    ],
  ],
  random: randomPaths(),
  ranking: rankedPaths(),
};

/**
 * What is timed of a network: training and evaluation, or evaluation of each path alone and of all
 * together, which share what they have in common.
 * @param {string} network
 */
export function phasesOf(network) {
  return network === 'ranking' ? ['eval', 'rank'] : ['train', 'eval'];
}

/** Connected architectures, drawn uniformly; the same on every machine. */
function randomPaths() {
  const stream = createStreams(0).stream('bench/paths');
  /** @type {string[][]} */
  const paths = [];
  while (paths.length < RANDOM_PATHS) {
    const cell = cellFromCode(stream.int(CELLS));
    if (isConnected(cell)) paths.push(cell.map((op) => String(OPERATIONS[op])));
  }
  return paths;
}

/** Architectures as a ranking study samples them: uniformly, connected or not. */
function rankedPaths() {
  const stream = createStreams(0).stream('bench/ranked');
  return Array.from({ length: RANKED }, () =>
    cellFromCode(stream.int(CELLS)).map((op) => String(OPERATIONS[op])),
  );
}

/**
 * Every combination, small ones first: what is cut off by an interruption is the large ones. A
 * ranking, which takes long, is measured with the first batch only.
 * @param {{ networks: readonly string[], cells: readonly number[], batches: readonly number[] }} of
 * @returns {Case[]}
 */
export function casesOf({ networks, cells, batches }) {
  const unknown = networks.find((network) => !(network in NETWORKS));
  if (unknown !== undefined) {
    throw new Error(`There is no network "${unknown}"; there are ${Object.keys(NETWORKS)}.`);
  }
  return batches.flatMap((batch, at) =>
    cells.flatMap((count) =>
      networks
        .filter((network) => network !== 'ranking' || at === 0)
        .map((network) => ({ network, cells: count, batch })),
    ),
  );
}

/**
 * What a worker is told besides its engine.
 * @param {Case} of @param {number} threads
 */
export function jobOf({ network, cells, batch }, threads) {
  return { ...TASK, cells, batch, threads, paths: NETWORKS[network], sgd: SGD };
}
