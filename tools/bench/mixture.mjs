// @ts-check
// Time and memory of the steps of differentiable searches, beside single-path training, in turns on
// one machine.
//
//   npx nx run tools:bench-mixture [--cells 1,5] [--rounds 3] [--steps 12] [--write]
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from './contenders.mjs';
import { machine } from './machine.mjs';
import { mixturePage } from './mixture-page.mjs';

const { values } = parseArgs({
  options: {
    cells: { type: 'string', default: '1,5' },
    rounds: { type: 'string', default: '3' },
    steps: { type: 'string', default: '12' },
    write: { type: 'boolean', default: false },
  },
});
const CHANNELS = 16;
const BATCH = 64;
/** Steps that compile and fill caches. */
const WARM_UP = 3;
const steps = Number(values.steps);
const images = BATCH * (steps + WARM_UP);
const data = {
  use: 'synthetic',
  size: 32,
  classes: 10,
  train: images,
  valid: images,
  batch: BATCH,
};

/** @type {Record<string, object>} */
const STRATEGIES = {
  'single path': { use: 'one-shot' },
  darts: { use: 'darts', order: 1 },
  'darts, second order': { use: 'darts', order: 2 },
  'sdarts rs': { use: 'darts', with: [{ use: 'sdarts', mode: 'rs' }] },
  'sdarts adv': { use: 'darts', with: [{ use: 'sdarts', mode: 'adv' }] },
};

/** @param {object} setting @returns {any} */
function measured(setting) {
  const script = join(import.meta.dirname, 'mixture-worker.mjs');
  const args = [script, JSON.stringify({ data, warmUp: WARM_UP, ...setting })];
  return JSON.parse(String(execFileSync(process.execPath, args, { cwd: ROOT })));
}

const cases = values.cells.split(',').map((count) => {
  const cells = Number(count);
  const space = { use: 'nas-bench-201', channels: CHANNELS, cells };
  const rounds = Array.from({ length: Number(values.rounds) }, (_, round) => {
    console.error(`${cells} cells: round ${round + 1} of ${values.rounds}`);
    const measure = ([name, strategy]) => [name, measured({ space, strategy })];
    return {
      steps: Object.fromEntries(Object.entries(STRATEGIES).map(measure)),
      passes: measured({ space, passes: steps }),
    };
  });
  return { cells, rounds };
});
const command = `--cells ${values.cells} --rounds ${values.rounds} --steps ${values.steps}`;
const page = mixturePage({ machine: machine(), command, channels: CHANNELS, batch: BATCH, cases });
console.log(page);
if (values.write) writeFileSync(join(ROOT, 'docs/benchmarks/mixture.md'), page);
