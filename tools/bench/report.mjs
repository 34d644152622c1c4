// @ts-check
// The Markdown page of a run.
import { judge } from './bars.mjs';
import { caseName } from './case-name.mjs';
import { IDLE_SHARE } from './load.mjs';
import { summarise } from './summary.mjs';

/**
 * @typedef {import('./summary.mjs').Row} Row
 * @typedef {import('./summary.mjs').Entry} Entry
 * @typedef {{ median: number, min: number, max: number }} Spread
 */

/** Kernels of a step that are listed; the rest is summed up. */
const LISTED = 6;

/** @param {readonly Entry[]} records @returns {string} */
export function report(records) {
  const run = records.find(({ kind }) => kind === 'run') ?? {};
  const rows = summarise(records);
  const parts = [
    '# Speed of the engines',
    `Made by \`${run.command}\` on ${run.date}; every sample is in [engine.jsonl](engine.jsonl). ` +
      'Not edited by hand.',
    machineOf(run, records),
    '## Bars',
    barsOf(rows),
    '## Training, evaluation, memory',
    tableOf(rows),
    '`×` is the ratio to the best PyTorch configuration of the same precision in the same round: ' +
      'the median of the rounds, with the least and the greatest in brackets. Peak: the most ' +
      "memory resident during the steps, warm-up and compilation left out; its ratio is to PyTorch's " +
      'fastest configuration in training.',
    '## Limits',
    limitsOf(rows, run),
    '## Where a step goes',
    kernelsOf(rows),
    '## How it was measured',
    methodOf(run),
    absentOf(records),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** @param {Entry} run @param {readonly Entry[]} records */
function machineOf({ machine = {}, threads }, records) {
  const { processor, cores, vectors, memoryGib, system, node, commit, load } = machine;
  const versions = new Map(
    records
      .filter(({ kind }) => kind === 'worker')
      .map(({ engine, version, isa }) => [engine, isa ? `${version} (${isa})` : version]),
  );
  return table(
    ['', ''],
    [
      ['machine', `${processor}, ${cores} cores, ${memoryGib} GiB, ${system}`],
      ['vector extensions', vectors ?? ''],
      ['threads', String(threads)],
      ['load when it began', (load ?? []).join(', ')],
      ['others during the kept samples', disturbance(records)],
      ['versions', [`Node ${node}`, ...[...versions].map((pair) => pair.join(' '))].join(', ')],
      ['Archer', `commit ${commit}`],
    ],
  );
}

/** @param {readonly Entry[]} records */
function disturbance(records) {
  const shares = records
    .filter(({ kind, foreign }) => kind === 'slice' && foreign !== null)
    .map(({ foreign }) => foreign);
  if (shares.length === 0) return 'unknown';
  const loud = shares.filter((share) => share > IDLE_SHARE).length;
  const most = percent(Math.max(...shares));
  if (loud === 0) return `idle: at most ${most} of a core`;
  return `**not idle**: ${loud} of ${shares.length} above ${percent(IDLE_SHARE)} of a core, at most ${most}`;
}

/** @param {readonly Row[]} rows */
function barsOf(rows) {
  return table(
    ['case', 'bar', 'asked', 'measured', ''],
    judge(rows).map(({ bar, verdict, value, disturbed }) => {
      const show = bar.percent ? percent : (/** @type {number} */ number) => number.toFixed(2);
      return [
        caseName(bar.of),
        bar.title,
        `${bar.atMost ? '≤' : '≥'} ${show(bar.bound)}`,
        value ? show(value.median) : '–',
        (verdict === 'reached' ? verdict : `**${verdict}**`) + (disturbed ? ', not idle' : ''),
      ];
    }),
  );
}

/** @param {readonly Row[]} rows */
function tableOf(rows) {
  const heads = ['case', 'engine', 'training, images/s', '×', 'evaluation, images/s', '×'];
  return table(
    [...heads, 'peak, MiB', '×'],
    rows.map(({ of, engine, precision, variant, train, eval: evaluation, peakKib, peakRatio }) => [
      caseName(of),
      [engine, precision, variant && `(${variant})`].filter(Boolean).join(' '),
      ...[train, evaluation].flatMap((phase) => [speed(phase?.speed), ratio(phase?.ratio)]),
      peakKib ? (peakKib / 1024).toFixed(0) : '–',
      peakRatio ? peakRatio.toFixed(2) : '',
    ]),
  );
}

/** @param {readonly Row[]} rows @param {Entry} run */
function limitsOf(rows, { roofline }) {
  const own = rows.filter(({ engine }) => engine === 'native');
  if (own.length === 0) return 'The engine native was not measured.';
  const peak = roofline
    ? `Measured on this machine: ${roofline.gflops.toFixed(0)} GFLOP/s of f32 multiply-adds and ` +
      `${roofline.gigabytes.toFixed(0)} GB/s of c = a + b. `
    : 'Without a compiler the peak of this machine was not measured. ';
  const note =
    'A training step counts three times the forward pass of convolutions and classifier.';
  return [
    peak + note,
    table(
      ['case', 'engine', 'GFLOP/image', 'GFLOP/s', 'of peak', 'outside of kernels'],
      own.map(({ of, precision, train, flops, outside }) => {
        const rate = flops && train ? (flops * train.speed) / 1e9 : undefined;
        return [
          caseName(of),
          `native ${precision}`,
          flops ? (flops / 1e9).toFixed(3) : '–',
          rate ? rate.toFixed(0) : '–',
          rate && roofline && precision === 'f32' ? percent(rate / roofline.gflops) : '–',
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
    ['case', 'engine', 'kernels by time (share of the step, calls)', 'outside of kernels'],
    own.map(({ of, precision, kernels = [], outside = 0 }) => {
      const rest = kernels.slice(LISTED).reduce((sum, { share }) => sum + share, 0);
      const list = kernels
        .slice(0, LISTED)
        .map(({ name, share, calls }) => `${name} ${percent(share)} (${calls.toFixed(0)})`);
      if (rest > 0) list.push(`others ${percent(rest)}`);
      return [caseName(of), `native ${precision}`, list.join(', '), percent(outside)];
    }),
  );
}

/** @param {Entry} run */
function methodOf({ rounds, seconds, least, retries, compile, minutes }) {
  return [
    'Networks: the skeleton of NAS-Bench-201 with 16 channels on 32×32 images, N cells per stage; ' +
      "batch norms use the batch's statistics and have no scale or offset. `typical`, `heavy` and " +
      '`darts` run one path, `random` six connected architectures in turn, drawn once. Archer runs ' +
      "the supernet of the plugin as users get it, with a bias on every convolution; PyTorch's " +
      'network has the operations of the paths only and no such biases.',
    'A training step is forward, mean cross-entropy, backward, clipping by the global norm and ' +
      'SGD with momentum and weight decay, on fixed random images; Archer also counts the hits. ' +
      'Evaluation is a forward pass and the number of hits. PyTorch uses its fused SGD, ' +
      `all threads, f32 or bf16 autocast; layout and compilation (tried: ${compile}) are chosen per ` +
      'case by one short look, training and evaluation apart; compilation is tried in the layout that ' +
      'trains faster without it. The larger batch takes the choice of the smaller one where both are ' +
      'measured.',
    `Each engine and case has a process of its own, warmed up by two steps. In ${rounds} rounds the ` +
      'processes take turns, in reverse order every other time, and wait while others compute. A ' +
      `turn lasts at least ${seconds} s and ${least} steps; its value is the median step. When other ` +
      `programs used more than ${percent(IDLE_SHARE)} of a core, the turn was repeated up to ` +
      `${retries} times and the quietest kept. Time in kernels comes from separate steps with a clock ` +
      `around each kernel. The run took ${Number(minutes ?? 0).toFixed(0)} minutes.`,
  ].join('\n\n');
}

/** @param {readonly Entry[]} records */
function absentOf(records) {
  const lines = new Set(
    records
      .filter(({ kind }) => kind === 'absent')
      .map(({ engine, precision, variant, reason }) => {
        const who = [engine, precision, variant].filter(Boolean).join(' ');
        return `- ${who}: ${reason}`;
      }),
  );
  return lines.size === 0 ? '' : ['## Not measured', ...lines].join('\n');
}

/** @param {number | undefined} value */
function speed(value) {
  return value === undefined ? '–' : value.toPrecision(value < 100 ? 3 : 4).replace(/\.$/, '');
}

/** @param {Spread | undefined} value */
function ratio(value) {
  if (value === undefined) return '';
  return `${value.median.toFixed(2)} (${value.min.toFixed(2)}–${value.max.toFixed(2)})`;
}

/** @param {number} share */
function percent(share) {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}

/** @param {readonly string[]} head @param {readonly (readonly string[])[]} rows */
function table(head, rows) {
  const line = (/** @type {readonly string[]} */ cells) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}
