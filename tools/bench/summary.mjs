// @ts-check
// From the records of a run to one row per case and engine. Pure, so that a committed file of
// records gives the committed table again.
import { caseName } from './case-name.mjs';
import { IDLE_SHARE } from './load.mjs';
import { bestOfRounds, median, ratiosInRounds, spread } from './statistics.mjs';

/**
 * @typedef {import('./case-name.mjs').Case} Case
 * @typedef {{ median: number, min: number, max: number }} Spread
 * @typedef {{
 *   readonly speed: number,
 *   readonly ratio?: Spread,
 *   readonly stockRatio?: Spread,
 * }} Phase speed in images/s; ratios to the best PyTorch configuration and to stock tfjs-wasm
 * @typedef {{
 *   readonly of: Case,
 *   readonly part: number,
 *   readonly engine: string,
 *   readonly precision: 'f32' | 'bf16',
 *   readonly variant?: string,
 *   readonly train?: Phase,
 *   readonly eval?: Phase,
 *   readonly rank?: Phase,
 *   readonly sharing?: Spread,
 *   readonly peakKib?: number,
 *   readonly peakRatio?: number,
 *   readonly flops?: number,
 *   readonly outside?: number,
 *   readonly disturbed: boolean,
 *   readonly kernels?: readonly { name: string, calls: number, ms: number, share: number }[],
 * }} Row part: of the run that measured it; flops per image of a training step; sharing: paths
 *   together over each alone; kernels per cycle; disturbed: other programs computed
 *   during some turn of the case
 * @typedef {Record<string, any>} Entry
 */

const STOCK = 'tfjs-wasm';

/**
 * A case is measured in one part, or in one for each machine: only within it is anything compared.
 * @param {readonly Entry[]} records @returns {Row[]}
 */
export function summarise(records) {
  const names = [...new Set(records.filter(isSlice).map(partName))];
  return names.flatMap((name) => {
    const own = records.filter((entry) => entry.network && partName(entry) === name);
    const groups = groupBy(
      own.filter(isSlice),
      ({ engine, precision }) => `${engine} ${precision}`,
    );
    return [...groups.values()].map((slices) => rowOf(slices, own));
  });
}

/** @param {Entry} entry */
const isSlice = ({ kind }) => kind === 'slice';

/** Case and part. @param {Entry} entry */
function partName(entry) {
  return `${caseName(caseOf(entry))}, part ${entry.part ?? 1}`;
}

/** @param {Entry} entry @returns {Case} */
function caseOf({ network, cells, batch }) {
  return { network, cells, batch };
}

/** @param {readonly Entry[]} slices of one engine @param {readonly Entry[]} all of the case */
function rowOf(slices, all) {
  const [{ engine, precision }] = /** @type {[Entry]} */ (slices);
  const variant = winner(slices);
  /** @param {Entry} entry */
  const mine = (entry) =>
    entry.engine === engine && entry.precision === precision && entry.variant === variant;
  const end = all.find((entry) => entry.kind === 'end' && mine(entry));
  const worker = all.find((entry) => entry.kind === 'worker' && mine(entry));
  const reference = all.filter((one) => isTorch(one) && one.precision === precision);
  const compared = engine === 'torch' ? [] : reference;
  const base = {
    ...{ of: caseOf(/** @type {Entry} */ (slices[0])), part: slices[0]?.part ?? 1 },
    ...{ engine, precision, variant },
    train: phaseOf('train', slices, compared, all),
    eval: phaseOf('eval', slices, compared, all),
    rank: phaseOf('rank', slices, compared, all),
    ...named('sharing', ratiosInRounds(bestSpeeds(slices, 'rank'), bestSpeeds(slices, 'eval'))),
    peakKib: end?.peakKib ?? undefined,
    peakRatio: peakRatio(end, compared),
    disturbed: all.some((entry) => isSlice(entry) && (entry.foreign ?? 0) > IDLE_SHARE),
    // The backward pass costs two forward ones.
    flops: worker?.flops === undefined ? undefined : 3 * worker.flops,
  };
  return end?.profile ? { ...base, ...profileOf(end.profile) } : base;
}

/** @param {Entry} entry */
const isTorch = ({ engine }) => engine === 'torch';

/** The variant whose training is the fastest, or whose first phase. @param {readonly Entry[]} slices */
function winner(slices) {
  const first = slices.some(({ phase }) => phase === 'train') ? 'train' : slices[0]?.phase;
  const train = slices.filter(({ phase }) => phase === first);
  const speeds = [...groupBy(train, ({ variant }) => variant)].map(([variant, own]) => ({
    variant,
    speed: median([...speedsByRound(own).values()]),
  }));
  return speeds.sort((a, b) => b.speed - a.speed)[0]?.variant;
}

/**
 * @param {string} phase @param {readonly Entry[]} own @param {readonly Entry[]} torch
 * @param {readonly Entry[]} all @returns {Phase | undefined}
 */
function phaseOf(phase, own, torch, all) {
  const speeds = bestSpeeds(own, phase);
  if (speeds.size === 0) return undefined;
  const stock = own[0]?.engine === STOCK ? [] : all.filter(({ engine }) => engine === STOCK);
  return {
    speed: median([...speeds.values()]),
    ...named('ratio', ratiosInRounds(speeds, bestSpeeds(torch, phase))),
    ...named('stockRatio', ratiosInRounds(speeds, bestSpeeds(stock, phase))),
  };
}

/** @param {string} name @param {number[]} ratios */
function named(name, ratios) {
  return ratios.length === 0 ? {} : { [name]: spread(ratios) };
}

/** Best variant's images/s by round. @param {readonly Entry[]} entries @param {string} phase */
function bestSpeeds(entries, phase) {
  const slices = entries.filter((entry) => isSlice(entry) && entry.phase === phase);
  return bestOfRounds([...groupBy(slices, ({ variant }) => variant).values()].map(speedsByRound));
}

/** @param {readonly Entry[]} slices @returns {Map<number, number>} */
function speedsByRound(slices) {
  return new Map(slices.map(({ round, images, ms }) => [round, (1e3 * images) / median(ms)]));
}

/** Memory against the PyTorch configuration that trains fastest. */
function peakRatio(/** @type {Entry | undefined} */ end, /** @type {readonly Entry[]} */ torch) {
  const slices = torch.filter(isSlice);
  if (!end?.peakKib || slices.length === 0) return undefined;
  const variant = winner(slices);
  const other = torch.find((entry) => entry.kind === 'end' && entry.variant === variant);
  return other?.peakKib ? end.peakKib / other.peakKib : undefined;
}

/** @param {Entry} profile */
function profileOf({ ms, cycles, kernels }) {
  const list = Object.entries(kernels)
    .map(([name, { calls, ms: own }]) => ({
      ...{ name, calls: calls / cycles, ms: own / cycles, share: own / ms },
    }))
    .sort((a, b) => b.ms - a.ms);
  return { outside: 1 - list.reduce((sum, { share }) => sum + share, 0), kernels: list };
}

/**
 * @template T @template K
 * @param {readonly T[]} items @param {(item: T) => K} key @returns {Map<K, T[]>}
 */
function groupBy(items, key) {
  const groups = new Map();
  for (const item of items) {
    const name = key(item);
    groups.set(name, [...(groups.get(name) ?? []), item]);
  }
  return groups;
}
