// @ts-check
// One case: choose PyTorch's configurations, then let all contenders take turns.
import { caseName } from './case-name.mjs';
import {
  compiledVariant,
  compiles,
  eagerVariants,
  nameOf,
  startWorker,
  takesPart,
} from './contenders.mjs';
import { foreignShare, IDLE_SHARE, usage } from './load.mjs';
import { median } from './statistics.mjs';

/**
 * @typedef {import('./case-name.mjs').Case} Case
 * @typedef {import('./contenders.mjs').Contender} Contender
 * @typedef {import('./worker.mjs').Worker} Worker
 * @typedef {{
 *   readonly rounds: number,
 *   readonly seconds: number,
 *   readonly least: number,
 *   readonly retries: number,
 *   readonly threads: number,
 *   readonly compile: string,
 *   readonly patience: import('./load.mjs').Patience,
 *   record(entry: object): void,
 *   log(line: string): void,
 * }} Settings
 * @typedef {{ readonly contender: Contender, readonly worker: Worker }} Ready
 */

const PHASES = ['train', 'eval'];

/**
 * @param {Case} of @param {readonly Contender[]} engines
 * @param {readonly ('f32' | 'bf16')[]} torch precisions to compare with
 * @param {Settings} settings
 * @param {Map<string, Contender[]>} choices what earlier, smaller batches have chosen; added to
 */
export async function measureCase(of, engines, torch, settings, choices) {
  const name = caseName(of);
  settings.log(name);
  const chosen = [];
  for (const precision of torch) {
    const key = `${of.network} ${of.cells} ${precision}`;
    const known = choices
      .get(key)
      ?.filter(({ mode }) => mode === 'eager' || compiles(of, settings.compile));
    const own = known?.length ? known : await choose(of, precision, settings);
    choices.set(key, own);
    chosen.push(...own);
  }
  const present = engines.filter((engine) => takesPart(engine, name));
  const ready = await readyWorkers([...present, ...chosen], of, settings);
  try {
    for (let round = 0; round < settings.rounds; round++)
      await takeTurns(of, round, ready, settings);
    for (const one of ready) await recordEnd(one, of, settings);
  } finally {
    await closeAll(ready);
  }
}

/**
 * The fastest configuration in training and the fastest in evaluation, by one short look each.
 * Compilation is tried in the layout that trains faster without it.
 * @param {Case} of @param {'f32' | 'bf16'} precision @param {Settings} settings
 */
async function choose(of, precision, settings) {
  /** @type {Record<string, { speed: number, contender: Contender }>} */
  const best = {};
  const look = async (/** @type {readonly Contender[]} */ variants) => {
    const ready = await readyWorkers(variants, of, settings);
    try {
      for (const { contender, worker } of ready) {
        for (const phase of PHASES) {
          const { images, ms, foreign } = await slice(worker, phase, settings);
          settings.record({ kind: 'choice', ...of, ...contender, phase, images, ms, foreign });
          const speed = images / median(ms);
          if (speed > (best[phase]?.speed ?? 0)) best[phase] = { speed, contender };
        }
      }
    } finally {
      await closeAll(ready);
    }
  };
  await look(eagerVariants(precision));
  const layout = best.train?.contender.layout;
  if (layout && compiles(of, settings.compile)) await look([compiledVariant(precision, layout)]);
  return [...new Set(Object.values(best).map(({ contender }) => contender))];
}

/**
 * Starts all at once, for that takes seconds, then warms up one after the other. Those that cannot
 * run here are recorded and left out.
 * @param {readonly Contender[]} contenders @param {Case} of @param {Settings} settings
 * @returns {Promise<Ready[]>}
 */
async function readyWorkers(contenders, of, settings) {
  const started = contenders.map((contender) => ({
    contender,
    worker: startWorker(contender, of, settings.threads),
  }));
  const ready = [];
  for (const one of started) if (await warmUp(one, of, settings)) ready.push(one);
  return ready;
}

/** @param {Ready} ready @param {Case} of @param {Settings} settings @returns whether it runs here */
async function warmUp({ contender, worker }, of, settings) {
  try {
    const about = await worker.ask('describe');
    if (about.unavailable) throw new Error(about.unavailable);
    for (const phase of PHASES) await worker.ask('time', { phase, seconds: 0, least: 2 });
    await worker.ask('resetPeak');
    settings.record({ kind: 'worker', ...of, ...contender, ...about });
    return true;
  } catch (error) {
    const reason = /** @type {Error} */ (error).message.trim().split('\n').at(-1);
    settings.record({ kind: 'absent', ...of, ...contender, reason });
    settings.log(`  ${nameOf(contender)}: ${reason}`);
    await worker.close();
    return false;
  }
}

/** @param {readonly Ready[]} ready */
async function closeAll(ready) {
  await Promise.all(ready.map(({ worker }) => worker.close()));
}

/** Every other round in reverse order. */
async function takeTurns(
  /** @type {Case} */ of,
  /** @type {number} */ round,
  /** @type {readonly Ready[]} */ ready,
  /** @type {Settings} */ settings,
) {
  for (const { contender, worker } of round % 2 === 0 ? ready : [...ready].reverse()) {
    for (const phase of PHASES) {
      const measured = await slice(worker, phase, settings);
      settings.record({ kind: 'slice', ...of, ...contender, phase, round, ...measured });
      const speed = (1e3 * measured.images) / median(measured.ms);
      settings.log(`  ${round} ${phase} ${nameOf(contender)} ${speed.toFixed(0)}`);
    }
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

/** @param {Ready} ready @param {Case} of @param {Settings} settings */
async function recordEnd({ contender, worker }, of, settings) {
  const { kib } = await worker.ask('peak');
  const profile =
    contender.engine === 'torch'
      ? null
      : await worker.ask('profile', { phase: 'train', seconds: 0, least: 3 });
  settings.record({ kind: 'end', ...of, ...contender, peakKib: kib, profile });
}
