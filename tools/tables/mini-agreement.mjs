// @ts-check
// How the table `nb201-mini` orders cells beside the 200-epoch table and the parameter count.
import { bootstrapInterval, createStreams, kendallTauB, spearman } from '@archer-nas/core';
import { meanOf } from './mini-rows.mjs';

/**
 * @typedef {{ value: number, truth: number, params: number }} Cell accuracy here and after 200
 *   epochs in percent, parameters
 * @typedef {{ tau: number, spearman: number, low: number, high: number }} Agreement tau-b with its
 *   95 % interval
 * @typedef {{ n: number, mini: Agreement, params: Agreement,
 *   difference: { tau: number, low: number, high: number }, beats: boolean }} Comparison
 */

/** Accuracy in percent of a network that has learnt nothing of ten classes. */
export const CHANCE = 10;

/**
 * Both orders against the same truth, on the same resamples of the cells.
 *
 * @param {readonly Cell[]} cells
 * @returns {Comparison}
 */
export function compareWithParams(cells) {
  const truth = cells.map((one) => one.truth);
  const mini = agreement(
    cells.map((one) => one.value),
    truth,
  );
  const params = agreement(
    cells.map((one) => one.params),
    truth,
  );
  const gap = resampled(cells.length, (index) => {
    const picked = Array.from(index, (at) => /** @type {Cell} */ (cells[at]));
    return tauOf(picked, 'value') - tauOf(picked, 'params');
  });
  const tau = mini.tau - params.tau;
  return { n: cells.length, mini, params, difference: { tau, ...gap }, beats: tau > 0 };
}

/** @param {readonly Cell[]} cells @param {'value' | 'params'} by */
function tauOf(cells, by) {
  return kendallTauB(
    cells.map((cell) => cell[by]),
    cells.map(({ truth }) => truth),
  );
}

/** @param {number[]} scores @param {number[]} truth @returns {Agreement} */
function agreement(scores, truth) {
  const interval = resampled(scores.length, (index) => {
    const pick = (/** @type {number[]} */ list) => Array.from(index, (at) => Number(list[at]));
    return kendallTauB(pick(scores), pick(truth));
  });
  return { tau: kendallTauB(scores, truth), spearman: spearman(scores, truth), ...interval };
}

/** @param {number} n @param {(index: Int32Array) => number} statistic */
function resampled(n, statistic) {
  const stream = createStreams(0).scope('nb201-mini').stream('bootstrap');
  const { low, high } = bootstrapInterval(n, statistic, { stream });
  return { low, high };
}

/**
 * What two trainings of the same cells say: standard deviation of one training in percentage
 * points, from the differences (√(Σd²/2n)), and tau-b between the seeds.
 *
 * @param {readonly import('./mini-rows.mjs').Row[]} rows
 */
export function noiseOf(rows) {
  const pairs = rows.flatMap(({ runs }) => {
    const [first, second] = [runs.get(0), runs.get(1)];
    return first === undefined || second === undefined ? [] : [{ first, second }];
  });
  if (pairs.length < 2) return { n: pairs.length, deviation: Number.NaN, tau: Number.NaN };
  const squares = pairs.map(({ first, second }) => (first - second) ** 2);
  return {
    n: pairs.length,
    deviation: Math.sqrt(meanOf(squares) / 2),
    tau: kendallTauB(
      pairs.map(({ first }) => first),
      pairs.map(({ second }) => second),
    ),
  };
}
