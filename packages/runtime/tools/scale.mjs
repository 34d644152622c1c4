// R47: a run of 100,000 steps and a million metric points. How much memory it takes while it
// grows, how soon it goes on after an interruption, and what `archer report` needs to show it. Then
// the ranking of all 15,625 architectures of NAS-Bench-201, by one cost against another.
// node tools/scale.mjs [--steps 100000]; prints a table, ends with 1 when a bound is missed.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { definePlugin } from '@archer-nas/core';
import { installedPlugins, pluginLookup, run, verifyRun } from '@archer-nas/runtime';
import { lookupAmong, toyBits, toyOnes } from '@archer-nas/testkit';
import { z } from 'zod';

const METRICS = 10;
/** Seconds of the processor until a run has gone on, its start included; MiB that may be added by its second half. */
const BOUNDS = { startSeconds: 2, growthMib: 32 };

const { values } = parseArgs({
  options: {
    steps: { type: 'string', default: '100000' },
    phase: { type: 'string' },
    out: { type: 'string' },
  },
});
const steps = Number(values.steps);

/** Counts, and tells ten figures in each step. */
const toyCounter = definePlugin({
  id: 'toy-counter',
  kind: 'strategy',
  summary: 'Many steps that do nothing, for measurements.',
  options: z.strictObject({ rounds: z.int().positive() }),
  requires: ['evaluator'],
  create: ({ rounds }) => ({
    begin: async ({ streams }, saved) => {
      let { done } = saved ?? { done: 0 };
      return {
        get state() {
          return { done };
        },
        get progress() {
          return { done, total: rounds, unit: 'step' };
        },
        views: {},
        incumbents: () => [],
        async step() {
          const stream = streams.stream('figures', done);
          done += 1;
          const figures = Array.from({ length: METRICS }, (_, i) => [
            `figure-${i}`,
            stream.float(),
          ]);
          return { metrics: Object.fromEntries(figures) };
        },
        result: async () => ({ best: [], metrics: { done } }),
      };
    },
  }),
});

const manifest = {
  name: 'scale',
  seeds: [0],
  space: { use: 'toy-bits', bits: 8 },
  evaluator: { use: 'toy-ones' },
  strategy: { use: 'toy-counter', rounds: steps },
  study: [],
  profiles: {},
  expect: [],
  tracker: null,
};

/** Nothing is trained: what it measures is the study. */
const ranking = {
  name: 'rank-all',
  seeds: [0],
  space: { use: 'nas-bench-201' },
  evaluator: { use: 'cost', name: 'params' },
  strategy: { use: 'random', evaluations: 1 },
  study: [{ use: 'rank', architectures: 'all', truth: { use: 'cost', name: 'macs' } }],
  profiles: {},
  expect: [],
  tracker: null,
};
const EXPERIMENTS = fileURLToPath(new URL('../../../experiments', import.meta.url));

/** Live heap and buffers in MiB, after a collection. */
function liveMib() {
  globalThis.gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 2 ** 20;
}

const mib = (bytes) => bytes / 2 ** 20;
const seconds = (sinceMs) => (performance.now() - sinceMs) / 1000;

/** Runs in a process of its own, so that one measurement does not weigh on the next. */
const phases = {
  /** All but the last step, then stops. */
  async grow(out) {
    const stop = new AbortController();
    const live = new Map();
    const startMs = performance.now();
    const onEvent = ({ type, progress }) => {
      if (type !== 'step') return;
      for (const share of [0.1, 0.5, 0.95]) {
        if (progress.done === Math.floor(steps * share)) live.set(share, liveMib());
      }
      if (progress.done === steps - 1) stop.abort();
    };
    await run({ ...options(out), signal: stop.signal, onEvent });
    const [early, middle, late] = [0.1, 0.5, 0.95].map((share) => live.get(share));
    return { seconds: seconds(startMs), early, middle, late };
  },
  /** Goes on: the time until the first step is made. */
  async resume(out) {
    const startMs = performance.now();
    let first;
    const onEvent = ({ type }) => {
      if (type === 'step') first ??= { seconds: seconds(startMs), cpu: cpuSeconds() };
    };
    await run({ ...options(out), onEvent });
    return { first, finished: seconds(startMs), peak: peakMib() };
  },
  /** Shows what is finished. */
  async show(out) {
    const startMs = performance.now();
    await run(options(out));
    return { finished: seconds(startMs), peak: peakMib() };
  },
  /** Ranks; what lives is looked at after shares of the study's steps. */
  async rank(out) {
    const startMs = performance.now();
    const shares = [0.1, 0.5, 0.95];
    const live = [];
    const onEvent = ({ type, job, progress }) => {
      if (type !== 'step' || job === 'search' || live.length === shares.length) return;
      if (progress.done >= progress.total * shares[live.length]) live.push(liveMib());
    };
    const lookup = pluginLookup(installedPlugins(EXPERIMENTS));
    const where = { out, dataFolder: out, folder: EXPERIMENTS };
    const { records } = await run({ manifest: ranking, lookup, ...where, onEvent });
    const [study] = records[0].result.studies;
    const architectures = study.tables.scores.rows.length;
    return { seconds: seconds(startMs), cpu: cpuSeconds(), peak: peakMib(), live, architectures };
  },
  async verify(out) {
    const startMs = performance.now();
    const { status } = verifyRun(join(out, 'default', 'seed-0'));
    return { finished: seconds(startMs), peak: peakMib(), status };
  },
};

/** Since the process began, modules included: what a busy machine does not distort. */
function cpuSeconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

const peakMib = () => process.resourceUsage().maxRSS / 1024;

function options(out) {
  return { manifest, lookup: lookupAmong([toyBits, toyOnes, toyCounter]), out, dataFolder: out };
}

function measure(phase, out) {
  const script = fileURLToPath(import.meta.url);
  const args = ['--expose-gc', script, '--steps', values.steps, '--phase', phase, '--out', out];
  return JSON.parse(execFileSync(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] }));
}

/** `archer report` as a user starts it. */
function report(out) {
  const bin = fileURLToPath(new URL('../../cli/dist/bin.js', import.meta.url));
  const startMs = performance.now();
  const said = spawnSync(process.execPath, [bin, 'report', out], { encoding: 'utf8' });
  return { seconds: seconds(startMs), ok: said.status === 0 && said.stdout.includes('scale') };
}

if (values.phase !== undefined) {
  console.log(JSON.stringify(await phases[values.phase](values.out)));
} else {
  const out = mkdtempSync(join(tmpdir(), 'archer-scale-'));
  try {
    const grown = measure('grow', out);
    const journal = statSync(join(out, 'default', 'seed-0', 'journal.jsonl')).size;
    const resumed = measure('resume', out);
    const shown = measure('show', out);
    const verified = measure('verify', out);
    const reported = report(out);
    const ranked = measure('rank', join(out, 'ranking'));
    const one = (value) => value.toFixed(1);
    console.log(
      `${steps} steps, ${steps * METRICS} metric points, journal of ${one(mib(journal))} MiB`,
    );
    console.log(
      `run: ${one(grown.seconds)} s; live memory ${one(grown.early)}, ${one(grown.middle)}, ${one(grown.late)} MiB after 10, 50, 95 %`,
    );
    console.log(
      `resume: first step after ${resumed.first.seconds.toFixed(2)} s (${resumed.first.cpu.toFixed(2)} s of the processor), finished after ${resumed.finished.toFixed(2)} s, peak ${one(resumed.peak)} MiB`,
    );
    console.log(`run again, finished: ${shown.finished.toFixed(2)} s, peak ${one(shown.peak)} MiB`);
    console.log(
      `verify: ${verified.status} after ${verified.finished.toFixed(2)} s, peak ${one(verified.peak)} MiB`,
    );
    console.log(
      `archer report: ${reported.seconds.toFixed(2)} s, ${reported.ok ? 'opens' : 'FAILS'}`,
    );
    console.log(
      `rank: ${ranked.architectures} architectures in ${one(ranked.seconds)} s (${one(ranked.cpu)} s of the processor); live memory ${ranked.live.map(one).join(', ')} MiB after 10, 50, 95 %, peak ${one(ranked.peak)} MiB`,
    );
    const problems = [
      ...(ranked.live[2] - ranked.live[1] > BOUNDS.growthMib
        ? ['memory grows with a ranking']
        : []),
      ...(grown.late - grown.middle > BOUNDS.growthMib ? ['memory grows with the run'] : []),
      ...(resumed.first.cpu > BOUNDS.startSeconds
        ? [`a resume takes over ${BOUNDS.startSeconds} s`]
        : []),
      ...(reported.ok ? [] : ['archer report does not open it']),
      ...(verified.status === 'intact' ? [] : ['archer verify finds it damaged']),
    ];
    for (const problem of problems) console.error(`missed: ${problem}`);
    process.exitCode = problems.length > 0 ? 1 : 0;
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}
