// @ts-check
// A guard of one minute: `npx nx run tools:bench-engine-quick`. The speed of the engine `native` on
// one thread over that of a loop in plain JavaScript in the same process, both by the processor's
// time, compared with the ratio that was committed for this processor. Exit code 1 when it is slower
// twice; where others compute too much to say, it says that. `--update` commits anew.
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { startWorker } from './contenders.mjs';
import { foreignShare, usage } from './load.mjs';
import { verdictOf } from './quick-verdict.mjs';

const FILE = join(import.meta.dirname, 'quick-reference.json');
const ROUNDS = 5;
/** Seconds of a round, and of everything. */
const SECONDS = 0.4;
const BUDGET = 55;

/** @type {readonly { network: string, phase: string }[]} */
const CHECKS = [
  { network: 'typical', phase: 'train' },
  { network: 'typical', phase: 'eval' },
  { network: 'darts', phase: 'train' },
  { network: 'ranking', phase: 'rank' },
];

/**
 * @typedef {{ network: string, phase: string }} Check
 * @typedef {{ ratio: number, foreign: number | null }} Round
 */

/** @type {Record<string, Record<string, number>>} by path and processor, then by check */
const references = JSON.parse(readFileSync(FILE, 'utf8'));
const update = process.argv.includes('--update');
const end = performance.now() + 1e3 * BUDGET;
/** @type {Record<string, number>} */
const measured = {};
let machine = '';
let failed = false;
for (const [i, check] of CHECKS.entries()) {
  if (!(await judged(check, CHECKS.length - i))) break;
}
if (update && machine !== '') {
  references[machine] = measured;
  writeFileSync(FILE, `${JSON.stringify(references, null, 2)}\n`);
}
process.exitCode = failed && !update ? 1 : 0;

/**
 * Measures a check and prints its line; a slow one is measured again in a process of its own.
 * @param {Check} check @param {number} left checks that share the time that is left
 * @returns whether the engine is there
 */
async function judged(check, left) {
  const name = `${check.network} ${check.phase}`;
  const until = performance.now() + (end - performance.now()) / left;
  let verdict = await look(check, until);
  if (verdict?.verdict === 'slow' && !update) {
    console.log(`${name}: slower than the reference; once more.`);
    verdict = await look(check, until);
  }
  if (verdict === undefined) return false;
  const { ratio, share } = verdict;
  measured[name] = Number(ratio.toPrecision(4));
  const compared = share === undefined ? '' : `, ${share.toFixed(2)} of the reference`;
  console.log(`${verdict.verdict}: ${name}, ${ratio.toPrecision(4)} images per Mmac${compared}`);
  failed ||= verdict.verdict === 'slow';
  return true;
}

/** @param {Check} check @param {number} until when it should be over; two rounds are the least */
async function look({ network, phase }, until) {
  const native = /** @type {const} */ ({ engine: 'native', precision: 'f32' });
  const worker = startWorker(native, { network, cells: 1, batch: 32 }, 1);
  try {
    const { unavailable, isa } = await worker.ask('describe');
    if (unavailable) {
      console.log(`nothing to compare: ${unavailable}`);
      return undefined;
    }
    machine = `${isa}, ${cpus()[0]?.model.trim()}`;
    await worker.ask('time', { phase, seconds: 0, least: 2 });
    await worker.ask('ratio', { phase, seconds: 0, least: 1 });
    /** @type {Round[]} */
    const rounds = [];
    while (rounds.length < ROUNDS && (rounds.length < 2 || performance.now() < until)) {
      const before = usage([worker.pid]);
      const { ratio } = await worker.ask('ratio', { phase, seconds: SECONDS, least: 1 });
      rounds.push({ ratio, foreign: foreignShare(before, usage([worker.pid])) });
    }
    return verdictOf(rounds, references[machine]?.[`${network} ${phase}`]);
  } finally {
    await worker.close();
  }
}
