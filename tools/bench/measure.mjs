// @ts-check
// One case: choose PyTorch's configurations, then let all contenders take turns.
import { caseName } from './case-name.mjs';
import { startWorker, takesPart, torchVariants } from './contenders.mjs';
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
    const known = choices.get(key) ?? (await choose(of, precision, settings));
    choices.set(key, known);
    chosen.push(...known);
  }
  /** @type {Ready[]} */
  const ready = [];
  try {
    for (const contender of [...engines.filter((engine) => takesPart(engine, name)), ...chosen]) {
      const worker = await readyWorker(contender, of, settings);
      if (worker) ready.push({ contender, worker });
    }
    for (let round = 0; round < settings.rounds; round++)
      await takeTurns(of, round, ready, settings);
    for (const one of ready) await close(one, of, settings);
  } finally {
    await Promise.all(ready.map(({ worker }) => worker.close()));
  }
}

/** The fastest configuration in training and the fastest in evaluation, by one short look each. */
async function choose(
  /** @type {Case} */ of,
  /** @type {'f32' | 'bf16'} */ precision,
  /** @type {Settings} */ settings,
) {
  /** @type {Record<string, { speed: number, contender: Contender }>} */
  const best = {};
  for (const contender of torchVariants(of, precision, settings.compile)) {
    const worker = await readyWorker(contender, of, settings);
    if (worker === undefined) continue;
    for (const phase of PHASES) {
      const quick = { ...settings, seconds: Math.min(1, settings.seconds) };
      const { images, ms, foreign } = await slice(worker, phase, quick);
      const speed = images / median(ms);
      settings.record({
        ...{ kind: 'choice', ...of, ...contender, phase, images, ms, foreign },
      });
      if (speed > (best[phase]?.speed ?? 0)) best[phase] = { speed, contender };
    }
    await worker.close();
  }
  return [...new Set(Object.values(best).map(({ contender }) => contender))];
}

/**
 * Starts a worker and warms it up; undefined, and recorded, when it cannot run here.
 * @param {Contender} contender @param {Case} of @param {Settings} settings
 */
async function readyWorker(contender, of, settings) {
  const worker = startWorker(contender, of, settings.threads);
  try {
    const about = await worker.ask('describe');
    if (about.unavailable) throw new Error(about.unavailable);
    for (const phase of PHASES) await worker.ask('time', { phase, seconds: 0, least: 2 });
    await worker.ask('resetPeak');
    settings.record({ kind: 'worker', ...of, ...contender, ...about });
    return worker;
  } catch (error) {
    const reason = /** @type {Error} */ (error).message.trim().split('\n').at(-1);
    settings.record({ kind: 'absent', ...of, ...contender, reason });
    settings.log(`  ${contender.engine} ${contender.precision}: ${reason}`);
    await worker.close();
    return undefined;
  }
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
      const { engine, precision, variant = '' } = contender;
      settings.log(`  ${round} ${phase} ${engine} ${precision} ${variant} ${speed.toFixed(0)}`);
    }
  }
}

/**
 * Samples of one phase on an idle machine; again when somebody disturbed, and then the quietest.
 * @param {Worker} worker @param {string} phase @param {Settings} settings
 * @returns {Promise<{ images: number, ms: number[], foreign: number | null }>}
 */
async function slice(worker, phase, { seconds, least, retries, patience }) {
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
async function close({ contender, worker }, of, settings) {
  const { kib } = await worker.ask('peak');
  const profile =
    contender.engine === 'torch'
      ? null
      : await worker.ask('profile', { phase: 'train', seconds: 0, least: 3 });
  settings.record({ kind: 'end', ...of, ...contender, peakKib: kib, profile });
  await worker.close();
}
