// @ts-check
// What a tracker costs a run whose server is down: `npx nx run tools:bench-tracker`, two
// minutes. The same run (a fixed amount of arithmetic in steps of about 2 ms, five metrics each,
// everything journalled) without a tracker, with a server that refuses, and with one that never
// answers, in turns; its whole time, the end included, by the clock and by the processor.
// `--seconds 20` of a run, `--rounds 2`; `--json`. Exit code 1 above 2 %.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { definePlugin } from '@archer-nas/core';
import { mlflow } from '@archer-nas/mlflow';
import { run } from '@archer-nas/runtime';
import { lookupAmong, toyBits } from '@archer-nas/testkit';
import { z } from 'zod';
import { machine } from './machine.mjs';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '2' },
    json: { type: 'boolean', default: false },
  },
});
/** More than this share of a run's time is too much. */
const LIMIT = 0.02;
const STEP_SECONDS = 0.002;
const work = calibrate();
const steps = Math.round(Number(values.seconds) / STEP_SECONDS);

/** A strategy that only computes. */
const busy = definePlugin({
  id: 'busy',
  kind: 'strategy',
  summary: 'Computes, for a bench.',
  options: z.strictObject({ steps: z.int() }),
  create: ({ steps }) => ({
    begin: async () => {
      let done = 0;
      let value = 0.5;
      return {
        get state() {
          return { done, value };
        },
        get progress() {
          return /** @type {const} */ ({ done, total: steps, unit: 'step' });
        },
        views: {},
        incumbents: () => [],
        step: async () => {
          value = compute(work, value);
          done += 1;
          const metrics = {
            loss: value,
            accuracy: 1 - value,
            lr: 1 / done,
            norm: done,
            seen: 64 * done,
          };
          return { metrics };
        },
        result: async () => ({ best: [], metrics: {} }),
      };
    },
  }),
});

/** @param {number} times @param {number} from */
function compute(times, from) {
  let value = from;
  for (let i = 0; i < times; i++) value = (value * 3.7 * (1 - value)) % 1;
  return value;
}

/** How many iterations a step takes. */
function calibrate() {
  const times = 2_000_000;
  compute(times, 0.5);
  const start = performance.now();
  compute(times, 0.3);
  return Math.round((times * STEP_SECONDS * 1e3) / (performance.now() - start));
}

/** @param {string | undefined} uri @param {number} count */
async function measure(uri, count) {
  const out = mkdtempSync(join(tmpdir(), 'archer-bench-'));
  const start = performance.now();
  const startCpu = process.cpuUsage();
  try {
    const manifest = {
      ...{ name: 'busy', seeds: [0], study: [], profiles: {}, expect: [] },
      space: { use: 'toy-bits', bits: 8 },
      strategy: { use: 'busy', steps: count },
      tracker: uri === undefined ? null : { use: 'mlflow', uri },
    };
    const lookup = lookupAmong([mlflow, busy, toyBits]);
    const { status } = await run({ manifest, lookup, out, dataFolder: out });
    if (status !== 'finished') throw new Error(`the run is ${status}`);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
  const { user, system } = process.cpuUsage(startCpu);
  return { seconds: (performance.now() - start) / 1e3, processor: (user + system) / 1e6 };
}

const hanging = createServer(() => {}).listen(0, '127.0.0.1');
const refusing = createServer().listen(0, '127.0.0.1');
await Promise.all([once(hanging, 'listening'), once(refusing, 'listening')]);
const addressOf = (/** @type {import('node:net').Server} */ server) =>
  `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;
/** @type {Record<string, string | undefined>} */
const cases = { none: undefined, refused: addressOf(refusing), hanging: addressOf(hanging) };
refusing.close();

/** @type {Record<string, { seconds: number, processor: number }[]>} */
const measured = { none: [], refused: [], hanging: [] };
// The first run is compiled on the way.
await measure(undefined, Math.round(steps / 10));
for (let round = 0; round < Number(values.rounds); round++)
  for (const [name, uri] of Object.entries(cases)) measured[name]?.push(await measure(uri, steps));
hanging.close();

/** The least of the rounds: what others do on the machine only adds. @param {string} name */
const least = (name) => ({
  seconds: Math.min(...(measured[name] ?? []).map(({ seconds }) => seconds)),
  processor: Math.min(...(measured[name] ?? []).map(({ processor }) => processor)),
});
const base = least('none');
const costs = ['refused', 'hanging'].map((name) => ({
  name,
  time: least(name).seconds / base.seconds - 1,
  processor: least(name).processor / base.processor - 1,
}));
const percent = (/** @type {number} */ share) => `${(100 * share).toFixed(2)} %`;
if (values.json)
  console.log(JSON.stringify({ machine: machine(), steps, measured, costs }, null, 2));
else {
  console.log(`${steps} steps, ${base.seconds.toFixed(2)} s without a tracker`);
  for (const { name, time, processor } of costs)
    console.log(
      `server ${name}: ${percent(time)} of the time, ${percent(processor)} of the processor's`,
    );
}
process.exitCode = costs.some(({ time }) => time > LIMIT) ? 1 : 0;
