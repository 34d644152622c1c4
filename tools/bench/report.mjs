// @ts-check
// The Markdown page of a run.
import { judge } from './bars.mjs';
import { caseName } from './case-name.mjs';
import { percent, ratio, speed, table } from './markdown.mjs';
import {
  absentOf,
  aloneOf,
  looksOf,
  machineOf,
  methodOf,
  partsOf,
  triedOf,
} from './report-method.mjs';
import { summarise } from './summary.mjs';

/**
 * @typedef {import('./summary.mjs').Row} Row
 * @typedef {import('./summary.mjs').Entry} Entry
 */

/** Kernels of a step that are listed; the rest is summed up. */
const LISTED = 6;

/** @param {readonly Entry[]} records @returns {string} */
export function report(records) {
  const runs = records.filter(({ kind }) => kind === 'run');
  const rows = summarise(records);
  const parts = [
    '# Speed of the engines',
    'Made by `npx nx run tools:bench-engine`; every sample is in [engine.jsonl](engine.jsonl). ' +
      'Not edited by hand.',
    machineOf(runs, records),
    partsOf(runs, records),
    '## Bars',
    barsOf(rows),
    '## Training, evaluation, memory',
    tableOf(rows.filter(isStep)),
    '`×` is the ratio to the best PyTorch configuration of the same precision in the same round: ' +
      'the median of the rounds, with the least and the greatest in brackets. Peak: the most ' +
      "memory resident during the steps, warm-up and compilation left out; its ratio is to PyTorch's " +
      'fastest configuration in training.',
    ...rankingOf(rows.filter((row) => !isStep(row))),
    '## Limits',
    limitsOf(rows.filter(isStep), runs),
    triedOf(),
    '## Where a step goes',
    kernelsOf(rows.filter(isStep)),
    '## PyTorch, by configuration',
    looksOf(records),
    '## How it was measured',
    methodOf(runs),
    aloneOf(records),
    absentOf(records),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** @param {readonly Row[]} rows */
function barsOf(rows) {
  return table(
    ['case', 'bar', 'asked', 'part', 'measured', ''],
    judge(rows).map(({ bar, verdict, value, part, disturbed }) => {
      const show = bar.percent ? percent : (/** @type {number} */ number) => number.toFixed(2);
      return [
        caseName(bar.of),
        bar.title,
        `${bar.atMost ? '≤' : '≥'} ${show(bar.bound)}`,
        String(part ?? '–'),
        value ? show(value.median) : '–',
        (verdict === 'reached' ? verdict : `**${verdict}**`) + (disturbed ? ', not idle' : ''),
      ];
    }),
  );
}

/** @param {readonly Row[]} rows */
function tableOf(rows) {
  const heads = ['case', 'part', 'engine', 'training, images/s', '×', 'evaluation, images/s', '×'];
  return table(
    [...heads, 'peak, MiB', '×'],
    rows.map(({ of, part, engine, precision, variant, train, eval: evaluation, ...memory }) => [
      ...[caseName(of), String(part)],
      [engine, precision, variant && `(${variant})`].filter(Boolean).join(' '),
      ...[train, evaluation].flatMap((phase) => [speed(phase?.speed), ratio(phase?.ratio)]),
      memory.peakKib ? (memory.peakKib / 1024).toFixed(0) : '–',
      memory.peakRatio ? memory.peakRatio.toFixed(2) : '',
    ]),
  );
}

/** Whether training was measured, not a ranking. @param {Row} row */
const isStep = ({ of }) => of.network !== 'ranking';

/** @param {readonly Row[]} rows @returns {string[]} */
function rankingOf(rows) {
  if (rows.length === 0) return [];
  const heads = ['case', 'part', 'engine', 'each alone, images/s', '×', 'together, images/s', '×'];
  return [
    '## Ranking',
    table(
      [...heads, 'together / alone'],
      rows.map(({ of, part, engine, precision, variant, eval: alone, rank, sharing }) => [
        ...[caseName(of), String(part)],
        [engine, precision, variant && `(${variant})`].filter(Boolean).join(' '),
        ...[alone, rank].flatMap((phase) => [speed(phase?.speed), ratio(phase?.ratio)]),
        engine === 'torch' ? '' : ratio(sharing),
      ]),
    ),
    'Architectures drawn uniformly, as a ranking study samples them, are scored on the same ' +
      'images; an image counts once for each of them. Together, Archer computes once what their ' +
      'paths have in common and frees each result after its last use; PyTorch does the same in both ' +
      'columns: one architecture after the other, in `inference_mode`.',
  ];
}

/** @param {readonly Row[]} rows @param {readonly Entry[]} runs */
function limitsOf(rows, runs) {
  const own = rows.filter(({ engine }) => engine === 'native');
  if (own.length === 0) return 'The engine native was not measured.';
  const rooflines = new Map(runs.map(({ part = 1, roofline }) => [part, roofline]));
  const peaks = [...rooflines].map(([part, roofline]) =>
    roofline
      ? `${roofline.gflops.toFixed(0)} GFLOP/s of f32 multiply-adds, ` +
        `${roofline.gflopsBf16 ? `${roofline.gflopsBf16.toFixed(0)} of bf16 and ` : 'and '}` +
        `${roofline.gigabytes.toFixed(0)} GB/s of c = a + b (part ${part})`
      : `no peak (part ${part}: no compiler)`,
  );
  const peak = `Measured: ${peaks.join('; ')}. `;
  const note =
    'A training step counts three times the forward pass of convolutions and classifier.';
  return [
    peak + note,
    table(
      ['case', 'part', 'engine', 'GFLOP/image', 'GFLOP/s', 'of peak', 'outside of kernels'],
      own.map(({ of, part, precision, train, flops, outside }) => {
        const limit = rooflines.get(part)?.[precision === 'f32' ? 'gflops' : 'gflopsBf16'];
        const rate = flops && train ? (flops * train.speed) / 1e9 : undefined;
        return [
          ...[caseName(of), String(part)],
          `native ${precision}`,
          flops ? (flops / 1e9).toFixed(3) : '–',
          rate ? rate.toFixed(0) : '–',
          rate && limit ? percent(rate / limit) : '–',
          outside === undefined ? '–' : percent(outside),
        ];
      }),
    ),
  ].join('\n\n');
}

/** @param {readonly Row[]} rows */
function kernelsOf(rows) {
  const own = rows.filter(
    ({ engine, kernels, of }) => engine === 'native' && kernels && of.cells > 1,
  );
  if (own.length === 0) return 'No profile of more than one cell per stage was taken.';
  return table(
    ['case', 'part', 'engine', 'kernels by time (share of the step, calls)', 'outside of kernels'],
    own.map(({ of, part, precision, kernels = [], outside = 0 }) => {
      const rest = kernels.slice(LISTED).reduce((sum, { share }) => sum + share, 0);
      const list = kernels
        .slice(0, LISTED)
        .map(({ name, share, calls }) => `${name} ${percent(share)} (${calls.toFixed(0)})`);
      if (rest > 0) list.push(`others ${percent(rest)}`);
      const who = [caseName(of), String(part), `native ${precision}`];
      return [...who, list.join(', '), percent(outside)];
    }),
  );
}
