// @ts-check
// Numbers and tables in Markdown.

/** @typedef {{ median: number, min: number, max: number }} Spread */

/** @param {number | undefined} value */
export function speed(value) {
  return value === undefined ? '–' : value.toPrecision(value < 100 ? 3 : 4).replace(/\.$/, '');
}

/** @param {Spread | undefined} value */
export function ratio(value) {
  if (value === undefined) return '';
  return `${value.median.toFixed(2)} (${value.min.toFixed(2)}–${value.max.toFixed(2)})`;
}

/** @param {number} share */
export function percent(share) {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}

/** @param {readonly string[]} head @param {readonly (readonly string[])[]} rows */
export function table(head, rows) {
  const line = (/** @type {readonly string[]} */ cells) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}

/** In the order in which they come. @template T @param {readonly T[]} values */
export function distinct(values) {
  return [...new Set(values)];
}
