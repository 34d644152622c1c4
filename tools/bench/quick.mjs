// @ts-check
// A guard of one minute: `npx nx run tools:bench-engine-quick`. The speed of the engine `native` on
// one thread over that of a loop in plain JavaScript in the same process, compared with the ratio
// that was committed. Exit code 1 when it fell below TOLERANCE of that; `--update` commits anew.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startWorker } from './contenders.mjs';
import { median } from './statistics.mjs';

const FILE = join(import.meta.dirname, 'quick-reference.json');
/** Neighbours on a shared machine cost the engine and the loop differently much. */
const TOLERANCE = 0.6;
const ROUNDS = 7;
const SECONDS = 0.5;

/** @type {readonly { network: string, phases: readonly string[] }[]} */
const CHECKS = [
  { network: 'typical', phases: ['train', 'eval'] },
  { network: 'darts', phases: ['train'] },
  { network: 'ranking', phases: ['rank'] },
];

/** @type {Record<string, Record<string, number>>} by instruction set, then by check */
const references = JSON.parse(readFileSync(FILE, 'utf8'));
const measured = await measure();
if (measured === undefined) {
  process.exitCode = 0;
} else if (process.argv.includes('--update')) {
  references[measured.isa] = measured.ratios;
  writeFileSync(FILE, `${JSON.stringify(references, null, 2)}\n`);
} else {
  process.exitCode = compare(measured.isa, measured.ratios) || !(await again()) ? 0 : 1;
}

/** A second look before failing. @returns whether it shows a regression too */
async function again() {
  console.log('Slower than the reference; measuring once more.');
  const second = await measure();
  return second !== undefined && !compare(second.isa, second.ratios);
}

/** @returns {Promise<{ isa: string, ratios: Record<string, number> } | undefined>} */
async function measure() {
  /** @type {Record<string, number>} */
  const ratios = {};
  let isa = '';
  for (const { network, phases } of CHECKS) {
    const worker = startWorker(
      { engine: 'native', precision: 'f32' },
      { network, cells: 1, batch: 32 },
      1,
    );
    try {
      const about = await worker.ask('describe');
      if (about.unavailable) {
        console.log(`Nothing to compare: ${about.unavailable}`);
        return undefined;
      }
      isa = about.isa;
      for (const phase of phases) ratios[`${network} ${phase}`] = await ratioOf(worker, phase);
    } finally {
      await worker.close();
    }
  }
  return { isa, ratios };
}

/** Images per million multiply-adds of the loop. */
async function ratioOf(
  /** @type {import('./worker.mjs').Worker} */ worker,
  /** @type {string} */ phase,
) {
  await worker.ask('time', { phase, seconds: 0, least: 3 });
  await worker.ask('reference');
  const ratios = [];
  for (let round = 0; round < ROUNDS; round++) {
    const { speed: before } = await worker.ask('reference');
    const { images, ms } = await worker.ask('time', { phase, seconds: SECONDS, least: 3 });
    const { speed: after } = await worker.ask('reference');
    const perSecond = (1e3 * images) / median(ms);
    ratios.push(perSecond / (1e3 * ((before + after) / 2)));
  }
  return Number(median(ratios).toPrecision(4));
}

/** Prints one line per check. @returns whether all are fast enough */
function compare(/** @type {string} */ isa, /** @type {Record<string, number>} */ ratios) {
  let good = true;
  for (const [check, ratio] of Object.entries(ratios)) {
    const reference = references[isa]?.[check];
    const share = reference === undefined ? undefined : ratio / reference;
    const slow = share !== undefined && share < TOLERANCE;
    good &&= !slow;
    const compared = share === undefined ? 'no reference' : `${share.toFixed(2)} of the reference`;
    console.log(`${slow ? 'slow' : 'ok'}  ${isa} ${check}: ${ratio} images per Mmac, ${compared}`);
  }
  return good;
}
