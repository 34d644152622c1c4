// @ts-check
// The parts of the page that say where, when and how was measured.
import { caseName } from './case-name.mjs';
import { IDLE_SHARE } from './load.mjs';
import { machineName } from './machine.mjs';
import { distinct, percent, speed, table } from './markdown.mjs';
import { median } from './statistics.mjs';

/** @typedef {import('./summary.mjs').Entry} Entry */

/** What all parts share; where machines differ, that is said first. */
export function machineOf(
  /** @type {readonly Entry[]} */ runs,
  /** @type {readonly Entry[]} */ records,
) {
  const versions = distinct(
    records
      .filter(({ kind }) => kind === 'worker')
      .map(({ engine, version, isa }) => `${engine} ${version}${isa ? ` (${isa})` : ''}`),
  );
  const machines = runs.map(({ machine }) => machineName(machine));
  const systems = distinct(runs.map(({ machine = {} }) => String(machine.system)));
  const nodes = distinct(runs.map(({ machine = {} }) => `Node ${machine.node}`));
  const different = distinct(machines).length > 1 ? '**not one machine:** ' : '';
  return table(
    ['', ''],
    [
      ['machine', different + distinct(machines).join('; ')],
      ['system', systems.join('; ')],
      ['threads', distinct(runs.map(({ threads }) => String(threads))).join(', ')],
      ['others during the kept samples', disturbance(records)],
      ['versions', [...nodes, ...versions].join(', ')],
    ],
  );
}

/** Which run measured which cases, from which commit. */
export function partsOf(
  /** @type {readonly Entry[]} */ runs,
  /** @type {readonly Entry[]} */ records,
) {
  const heads = ['part', 'date', 'Archer', 'machine', 'load when it began', 'minutes', 'cases'];
  return table(
    [...heads, 'command'],
    runs.map(({ part = 1, date, machine = {}, minutes, command }) => {
      const own = records.filter((entry) => entry.network && (entry.part ?? 1) === part);
      const cases = distinct(own.map((entry) => caseName(/** @type {any} */ (entry))));
      return [
        ...[String(part), String(date), `commit ${machine.commit}`, machineName(machine)],
        ...[(machine.load ?? []).join(', '), Number(minutes ?? 0).toFixed(0)],
        ...[cases.join(', '), `\`${command}\``],
      ];
    }),
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

/** Images/s in training of every configuration that was looked at. @param {readonly Entry[]} records */
export function looksOf(records) {
  const looks = records.filter(({ kind, phase }) => kind === 'choice' && phase === 'train');
  if (looks.length === 0) return 'Nothing was chosen: PyTorch was not measured.';
  const variants = distinct(looks.map(({ variant }) => String(variant)))
    .sort()
    .reverse();
  const groups = distinct(looks.map(lookName));
  const cells = groups.map((group) => {
    const own = looks.filter((look) => lookName(look) === group);
    return variants.map((variant) => {
      const look = own.find((one) => one.variant === variant);
      return look ? speed((1e3 * look.images) / median(look.ms)) : '–';
    });
  });
  return table(
    ['case', ...variants.map((variant) => `${variant}, images/s`)],
    groups.map((group, i) => [group, ...(cells[i] ?? [])]),
  );
}

/** @param {Entry} look */
function lookName(look) {
  return `${caseName(/** @type {any} */ (look))} ${look.precision}, part ${look.part ?? 1}`;
}

/** @param {readonly Entry[]} runs */
export function methodOf(runs) {
  const of = (/** @type {string} */ name) =>
    distinct(runs.map((run) => String(run[name] ?? '–'))).join(' or ');
  const minutes = runs.reduce((sum, run) => sum + Number(run.minutes ?? 0), 0);
  return [
    'Networks: the skeleton of NAS-Bench-201 with 16 channels on 32×32 images, N cells per stage; ' +
      "batch norms use the batch's statistics and have no scale or offset. `typical`, `heavy` and " +
      '`darts` run one path, `random` six connected architectures in turn, drawn once. Archer runs ' +
      "the supernet of the plugin as users get it, with a bias on every convolution; PyTorch's " +
      'network has the operations of the paths only and no such biases.',
    'A training step is forward, mean cross-entropy, backward, clipping by the global norm and ' +
      'SGD with momentum and weight decay, on fixed random images; Archer also counts the hits. ' +
      'Evaluation is a forward pass and the number of hits. PyTorch uses its fused SGD, ' +
      `all threads, f32 or bf16 autocast; layout and compilation (tried: ${of('compile')}) are ` +
      'chosen per case by one short look, training and evaluation apart; compilation is tried in both ' +
      'layouts where a bar is about the case, elsewhere in the one that trains faster without it, ' +
      `and given up after ${of('compileLimit')} seconds. The larger batch takes the choice of the ` +
      'smaller one where that was measured before.',
    `Each engine and case has a process of its own, warmed up by two steps. In ${of('rounds')} ` +
      'rounds the processes take turns, in reverse order every other time, and wait while others ' +
      'compute; where memory does not hold all of them, each turn starts its own. A turn lasts at ' +
      `least ${of('seconds')} s and ${of('least')} steps; its value is the median step. When other ` +
      `programs used more than ${percent(IDLE_SHARE)} of a core, the turn was repeated up to ` +
      `${of('retries')} times and the quietest kept. Time in kernels comes from separate steps with ` +
      `a clock around each kernel. All parts took ${minutes.toFixed(0)} minutes.`,
  ].join('\n\n');
}

/** What keeps a step from its limits, and what was done about it. */
export function triedOf() {
  return [
    'Convolutions of 16 to 64 channels do not reach the peak of multiply-adds: each image is padded ' +
      'and packed first, and the batch norm behind reads the result twice in either direction, ' +
      'from memory where a batch does not fit into the cache. Separable blocks multiply little per ' +
      'number that they move: they are bound by memory. bf16 doubles the multiply-adds ' +
      'and leaves everything else.',
    'Done about it: ReLU, convolution, batch norm and the addition of an edge are one kernel each ' +
      'way; separable blocks in a row hand their results on before the batch norm; bf16 saves ' +
      'convolution results in 16 bits; gradients are summed in the kernel that makes them; every ' +
      'map is freed once nothing needs it. Outside of kernels is JavaScript: layers, tensors, tape. ' +
      'Against it: a tape of its own in the place of that of TensorFlow.js, one entry per fused ' +
      'layer without tensors for what is saved, and kernels that wait until a result is read, so ' +
      'that JavaScript runs in one go with its data in the cache. Not tried: a recorded plan per ' +
      'sub-network, which would save part of the rest where paths repeat.',
  ].join('\n\n');
}

/** Cases whose processes did not fit into memory together. @param {readonly Entry[]} records */
export function aloneOf(records) {
  const alone = records.filter(({ kind }) => kind === 'alone');
  const names = distinct(alone.map((entry) => caseName(/** @type {any} */ (entry))));
  return names.length === 0
    ? ''
    : `A process for each turn, for want of memory: ${names.join(', ')}.`;
}

/** What did not run, why, and in which cases. @param {readonly Entry[]} records */
export function absentOf(records) {
  /** @type {Map<string, string[]>} */
  const cases = new Map();
  for (const entry of records.filter(({ kind }) => kind === 'absent')) {
    const who = [entry.engine, entry.precision, entry.variant].filter(Boolean).join(' ');
    const line = `- ${who}: ${entry.reason}`;
    const name = entry.network ? [caseName(/** @type {any} */ (entry))] : [];
    cases.set(line, [...(cases.get(line) ?? []), ...name]);
  }
  const lines = [...cases].map(([line, names]) => {
    return names.length === 0 ? line : `${line} (${distinct(names).join(', ')})`;
  });
  return lines.length === 0 ? '' : ['## Not measured', ...lines].join('\n');
}
