// @ts-check
// One case: choose PyTorch's configurations, then let all contenders take turns.
import { caseName } from './case-name.mjs';
import { phasesOf } from './cases.mjs';
import {
  compiledLayouts,
  compiledVariant,
  compiles,
  eagerVariants,
  nameOf,
  takesPart,
} from './contenders.mjs';
import { foreignShare, IDLE_SHARE, usage } from './load.mjs';
import { choiceKey } from './records.mjs';
import { seated } from './seats.mjs';
import { median } from './statistics.mjs';

/**
 * @typedef {import('./case-name.mjs').Case} Case
 * @typedef {import('./contenders.mjs').Contender} Contender
 * @typedef {import('./seats.mjs').Seat} Seat
 * @typedef {import('./worker.mjs').Worker} Worker
 * @typedef {{
 *   readonly rounds: number,
 *   readonly seconds: number,
 *   readonly least: number,
 *   readonly retries: number,
 *   readonly threads: number,
 *   readonly compile: string,
 *   readonly compileLimit: number,
 *   readonly headroom: number,
 *   readonly patience: import('./load.mjs').Patience,
 *   record(entry: object): void,
 *   log(line: string): void,
 * }} Settings compileLimit: seconds after which a compilation is given up; headroom: free memory that
 *   a process must find, in peaks of the largest before it
 */

/**
 * @param {Case} of @param {readonly Contender[]} engines
 * @param {readonly ('f32' | 'bf16')[]} torch precisions to compare with
 * @param {Settings} settings
 * @param {Map<string, Contender[]>} choices what other batches have chosen; added to
 */
export async function measureCase(of, engines, torch, settings, choices) {
  const name = caseName(of);
  settings.log(name);
  const chosen = [];
  for (const precision of torch) {
    const key = choiceKey(of, precision);
    const known = choices
      .get(key)
      ?.filter(({ mode }) => mode === 'eager' || compiles(of, settings.compile));
    const own = known?.length ? known : await choose(of, precision, settings);
    choices.set(key, own);
    chosen.push(...own);
  }
  const present = engines.filter((engine) => takesPart(engine, name));
  const seats = await seated([...present, ...chosen], of, settings);
  try {
    for (let round = 0; round < settings.rounds; round++) await takeTurns(round, seats, settings);
  } finally {
    await closeAll(seats);
  }
}

/**
 * The fastest configuration in training and the fastest in evaluation, by one short look each.
 * @param {Case} of @param {'f32' | 'bf16'} precision @param {Settings} settings
 */
async function choose(of, precision, settings) {
  /** @type {Record<string, { speed: number, contender: Contender }>} */
  const best = {};
  const look = async (/** @type {readonly Contender[]} */ variants) => {
    const seats = await seated(variants, of, settings);
    try {
      for (const seat of seats) {
        await seat.turn(async (worker) => {
          for (const phase of phasesOf(of.network)) {
            const { contender } = seat;
            const { images, ms, foreign } = await slice(worker, phase, settings);
            settings.record({ kind: 'choice', ...of, ...contender, phase, images, ms, foreign });
            const speed = images / median(ms);
            if (speed > (best[phase]?.speed ?? 0)) best[phase] = { speed, contender };
          }
        });
      }
    } finally {
      await closeAll(seats);
    }
  };
  await look(eagerVariants(precision));
  const layout = best.train?.contender.layout;
  const layouts = layout === undefined ? [] : compiledLayouts(of, settings.compile, layout);
  // One after the other: what compiles uses all cores.
  for (const one of layouts) await look([compiledVariant(precision, one)]);
  return [...new Set(Object.values(best).map(({ contender }) => contender))];
}

/** @param {readonly Seat[]} seats */
async function closeAll(seats) {
  await Promise.all(seats.map((seat) => seat.close()));
}

/** Every other round in reverse order. */
async function takeTurns(
  /** @type {number} */ round,
  /** @type {readonly Seat[]} */ seats,
  /** @type {Settings} */ settings,
) {
  const last = round === settings.rounds - 1;
  for (const seat of round % 2 === 0 ? seats : [...seats].reverse()) {
    const { contender, of } = seat;
    await seat.turn(async (worker) => {
      for (const phase of phasesOf(of.network)) {
        const measured = await slice(worker, phase, settings);
        settings.record({ kind: 'slice', ...of, ...contender, phase, round, ...measured });
        const speed = (1e3 * measured.images) / median(measured.ms);
        settings.log(`  ${round} ${phase} ${nameOf(contender)} ${speed.toFixed(0)}`);
      }
      if (last) await recordEnd(worker, seat, settings);
    });
  }
}

/**
 * Samples of one phase on an idle machine; again when somebody disturbed, and then the quietest.
 * @param {Worker} worker @param {string} phase @param {Settings} settings
 * @returns {Promise<{ images: number, ms: number[], foreign: number | null }>}
 */
async function slice(worker, phase, { seconds: training, least, retries, patience }) {
  const seconds = phase === 'train' ? training : training / 2;
  let kept;
  for (let attempt = 0; attempt <= retries; attempt++) {
    await patience.wait([worker.pid]);
    const before = usage([worker.pid]);
    const { images, ms } = await worker.ask('time', { phase, seconds, least });
    const foreign = foreignShare(before, usage([worker.pid]));
    if (kept === undefined || (foreign ?? 0) < (kept.foreign ?? 0)) kept = { images, ms, foreign };
    if ((foreign ?? 0) <= IDLE_SHARE) break;
  }
  return /** @type {{ images: number, ms: number[], foreign: number | null }} */ (kept);
}

/** @param {Worker} worker @param {Seat} seat @param {Settings} settings */
async function recordEnd(worker, { contender, of }, settings) {
  const { seconds } = settings;
  const { kib } = await worker.ask('peak');
  const profile =
    contender.engine === 'torch'
      ? null
      : await worker.ask('profile', { phase: phasesOf(of.network)[0], seconds, least: 3 });
  settings.record({ kind: 'end', ...of, ...contender, peakKib: kib, profile });
}
