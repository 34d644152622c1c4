// @ts-check
// The table `nb201-mini` from the journals of the runs that trained its cells.
import { canonical, parseCell } from '@archer-nas/space-nas-bench-201';

/**
 * @typedef {{ arch: string, runs: Map<number, number> }} Row accuracies in percent by seed
 * @typedef {{ seed: number, lines: readonly import('@archer-nas/core').JournalLine[] }} Run
 */

/**
 * The cells in the order of `cells`, those that no run has evaluated left out. A journal may be of
 * a run that is not finished.
 *
 * @param {readonly string[]} cells
 * @param {readonly Run[]} runs
 * @returns {Row[]}
 */
export function miniRows(cells, runs) {
  const measured = runs.map(({ seed, lines }) => ({ seed, values: accuraciesOf(lines) }));
  return cells.flatMap((arch) => {
    /** @type {Map<number, number>} */
    const found = new Map();
    for (const { seed, values } of measured) {
      const value = values.get(arch);
      if (value !== undefined) found.set(seed, value);
    }
    return found.size === 0 ? [] : [{ arch, runs: found }];
  });
}

/** @param {readonly import('@archer-nas/core').JournalLine[]} lines that count */
function accuraciesOf(lines) {
  /** @type {Map<string, number>} */
  const values = new Map();
  for (const { kind, event, body } of lines) {
    if (kind !== 'science' || event !== 'step') continue;
    const { evaluations = [] } = /** @type {any} */ (body);
    for (const { proposal, metrics, status } of evaluations) {
      if (status === 'final') values.set(proposal.architecture, metrics.accuracy);
    }
  }
  return values;
}

/** @param {readonly Row[]} rows */
export function miniCsv(rows) {
  const lines = rows.map(({ arch, runs }) => {
    const mean = meanOf([...runs.values()]);
    const single = [0, 1].map((seed) => runs.get(seed)?.toFixed(2) ?? '');
    return [arch, canonical(parseCell(arch)), mean.toFixed(3), ...single].join(',');
  });
  const header = 'arch,network,valid_12,valid_12_seed0,valid_12_seed1';
  return `${[header, ...lines].join('\n')}\n`;
}

/** @param {readonly number[]} values */
export function meanOf(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
