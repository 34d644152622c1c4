// @ts-check
// What it costs that nothing is lost: the share of a training run's time that journal and
// checkpoints take, and what a tracker that is down adds.
//
//   npx nx run tools:bench-durability [--only quick,smallest,tracker,scale] [--rounds 3] [--write]
//
// About ten minutes on two idle cores. Needs no data: the images are made up.
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from './contenders.mjs';
import { durabilityPage } from './durability-page.mjs';
import { machine } from './machine.mjs';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: 'quick,smallest,tracker,scale' },
    rounds: { type: 'string', default: '3' },
    write: { type: 'boolean', default: false },
  },
});
const only = values.only.split(',');
const rounds = Number(values.rounds);

const QUICK = {
  space: { use: 'nas-bench-201', channels: 16, cells: 1 },
  data: { use: 'synthetic', size: 32, classes: 10, train: 25_000, valid: 64, batch: 64 },
  epochs: 2,
};
const SMALLEST = {
  space: { use: 'nas-bench-201', channels: 4, cells: 1 },
  data: { use: 'synthetic', train: 16_000, batch: 16 },
  epochs: 1,
};
/** Nothing listens there; well-known ports such as 9 `fetch` refuses without asking. */
const DOWN = { use: 'mlflow', uri: 'http://127.0.0.1:4' };

/** The system takes connections for a program that listens, whatever that does. */
const hanging = createServer().listen(0, '127.0.0.1');
await once(hanging, 'listening');
const { port } = /** @type {import('node:net').AddressInfo} */ (hanging.address());
const HANGING = { use: 'mlflow', uri: `http://127.0.0.1:${port}` };

/** @typedef {import('./durability-page.mjs').Measured} Measured */

/** @param {object} setting @returns {Measured} */
function measured(setting) {
  const script = join(import.meta.dirname, 'durability-worker.mjs');
  const args = [script, JSON.stringify({ tracker: null, ...setting })];
  return JSON.parse(String(execFileSync(process.execPath, args, { cwd: ROOT })));
}

/** What `runtime:scale` says, the bounds that it missed included: they are results, too. */
function scaled() {
  const args = ['packages/runtime/tools/scale.mjs'];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  if (stdout === '') throw new Error(`scale.mjs failed:\n${stderr}`);
  return `${stdout}${stderr}`;
}

/** @template T @param {string} name @param {() => T} measure @returns {T[]} */
function inRounds(name, measure) {
  if (!only.includes(name)) return [];
  return Array.from({ length: rounds }, (_, i) => {
    console.error(`${name}: round ${i + 1} of ${rounds}`);
    return measure();
  });
}

const page = durabilityPage({
  machine: machine(),
  command: `--only ${values.only} --rounds ${rounds}`,
  runs: [
    {
      name: 'quick',
      what: '16 channels, 1 cell, 32 × 32 pixels, batch 64',
      rounds: inRounds('quick', () => measured(QUICK)),
    },
    {
      name: 'smallest',
      what: '4 channels, 1 cell, 8 × 8 pixels, batch 16',
      rounds: inRounds('smallest', () => measured(SMALLEST)),
    },
  ],
  tracker: inRounds('tracker', () => {
    const setting = { ...QUICK, epochs: 1 };
    return {
      without: measured(setting),
      down: measured({ ...setting, tracker: DOWN }),
      hanging: measured({ ...setting, tracker: HANGING }),
    };
  }),
  scale: only.includes('scale') ? scaled() : '',
});
hanging.close();
console.log(page);
if (values.write) writeFileSync(join(ROOT, 'docs/benchmarks/durability.md'), page);
