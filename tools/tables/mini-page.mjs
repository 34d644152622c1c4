// @ts-check
// The page about the table `nb201-mini`.
import { table } from '../bench/markdown.mjs';

/**
 * @typedef {import('./mini-agreement.mjs').Comparison} Comparison
 * @typedef {{ cells: number, planned: number, noise: { n: number, deviation: number, tau: number },
 *   all: Comparison, able: Comparison, trainings: number, hours: number, secondsEach: number,
 *   machine: string, engine: string }} Findings
 */

/** @param {Findings} found */
export function miniPage(found) {
  const { all, able, noise } = found;
  return `# What the table is worth

Written by \`node tools/tables/nb201-mini.mjs publish RESULTS\` from the journals of
\`experiments/bench-nb201-mini\`. Not edited by hand.

**${labelOf(found)}**

Order of the drawn cells by this table's \`valid_12\` and by parameter count, each against the 200-epoch
test accuracy of NAS-Bench-201 (\`c10_test_200\`); the cells that were put in by name are left out.

${table(
  [
    'cells',
    'n',
    'tau-b of this table',
    'tau-b of parameters',
    'difference',
    'ρ',
    'ρ of parameters',
  ],
  [
    ['all drawn', ...rowOf(all)],
    ['above chance after 200 epochs', ...rowOf(able)],
  ],
)}

Intervals are 95 % bootstraps over cells, 1,000 resamples, the same for both.

${noiseText(noise)}

| | |
|---|---|
| cells | ${found.cells} of ${found.planned} |
| trainings | ${found.trainings}, ${found.secondsEach.toFixed(0)} s each and ${found.hours.toFixed(1)} h in all, on one thread of a shared machine |
| machine | ${found.machine} |
| engine | ${found.engine} |
`;
}

/** @param {Findings} found */
export function labelOf({ cells, planned, all }) {
  const part = cells < planned ? `Partial: ${cells} of ${planned} cells. ` : '';
  const verdict = all.beats
    ? "Its rank correlation with the 200-epoch table is above the parameter count's."
    : "Weak: its rank correlation with the 200-epoch table does not beat the parameter count's.";
  const { low, high } = all.difference;
  return `${part}${verdict}${low < 0 && high > 0 ? ' The interval of the difference includes 0.' : ''}`;
}

/** @param {Comparison} compared */
function rowOf({ n, mini, params, difference }) {
  return [
    String(n),
    withInterval(mini.tau, mini),
    withInterval(params.tau, params),
    withInterval(difference.tau, difference),
    mini.spearman.toFixed(3),
    params.spearman.toFixed(3),
  ];
}

/** @param {number} value @param {{ low: number, high: number }} interval */
function withInterval(value, { low, high }) {
  return `${value.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;
}

/** @param {Findings['noise']} noise */
function noiseText({ n, deviation, tau }) {
  if (n < 2)
    return 'No cells have been trained with a second seed yet: how much is noise is not known.';
  return `${n} cells were trained with a second seed: one training has a standard deviation of
${deviation.toFixed(2)} percentage points, and the two orders have tau-b ${tau.toFixed(3)}.`;
}
