// @ts-check
// What the engine was asked to reach on two cores, and whether a run shows it.

/**
 * @typedef {import('./summary.mjs').Row} Row
 * @typedef {{ median: number, min: number, max: number }} Spread
 * @typedef {{
 *   readonly title: string,
 *   readonly of: { network: string, cells: number, batch: number },
 *   readonly engine: string,
 *   readonly precision?: 'f32' | 'bf16',
 *   readonly bound: number,
 *   readonly atMost?: boolean,
 *   readonly percent?: boolean,
 *   value(row: Row): Spread | undefined,
 * }} Bar
 */

const TYPICAL = { network: 'typical', cells: 5, batch: 64 };

/** @type {readonly Bar[]} */
export const BARS = [
  {
    title: 'training, f32, times PyTorch',
    of: TYPICAL,
    engine: 'native',
    bound: 1.25,
    value: ({ train }) => train?.ratio,
  },
  {
    title: 'training, bf16, times PyTorch',
    of: TYPICAL,
    engine: 'native',
    precision: 'bf16',
    bound: 1.25,
    value: ({ train }) => train?.ratio,
  },
  {
    title: 'training, f32, times PyTorch',
    of: { network: 'darts', cells: 5, batch: 64 },
    engine: 'native',
    bound: 1.4,
    value: ({ train }) => train?.ratio,
  },
  {
    title: "peak memory, share of PyTorch's",
    of: TYPICAL,
    engine: 'native',
    bound: 0.6,
    atMost: true,
    value: ({ peakRatio }) => single(peakRatio),
  },
  {
    title: 'training on wasm, times stock tfjs-wasm',
    of: { network: 'typical', cells: 1, batch: 64 },
    engine: 'native-wasm',
    bound: 8,
    value: ({ train }) => train?.stockRatio,
  },
  {
    title: 'time of a step outside of kernels',
    of: TYPICAL,
    engine: 'native',
    bound: 0.08,
    atMost: true,
    percent: true,
    value: ({ outside }) => single(outside),
  },
];

/** @param {number | undefined} value */
function single(value) {
  return value === undefined ? undefined : { median: value, min: value, max: value };
}

/**
 * @param {readonly Row[]} rows
 * @returns {{ bar: Bar, verdict: 'reached' | 'missed' | 'not measured', value?: Spread,
 *   part?: number, disturbed?: boolean }[]} one for each part that has measured the bar's case
 */
export function judge(rows) {
  return BARS.flatMap((bar) => {
    const verdicts = rows.filter((row) => isAbout(bar, row)).flatMap((row) => verdictOf(bar, row));
    return verdicts.length > 0
      ? verdicts
      : [{ bar, verdict: /** @type {const} */ ('not measured') }];
  });
}

/** @param {Bar} bar @param {Row} row */
function isAbout(bar, { of, engine, precision }) {
  return (
    of.network === bar.of.network &&
    of.cells === bar.of.cells &&
    of.batch === bar.of.batch &&
    engine === bar.engine &&
    precision === (bar.precision ?? 'f32')
  );
}

/** @param {Bar} bar @param {Row} row */
function verdictOf(bar, row) {
  const value = bar.value(row);
  if (value === undefined) return [];
  const good = bar.atMost ? value.median <= bar.bound : value.median >= bar.bound;
  const verdict = good ? /** @type {const} */ ('reached') : /** @type {const} */ ('missed');
  return [{ bar, verdict, value, part: row.part, disturbed: row.disturbed }];
}
