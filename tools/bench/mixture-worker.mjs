// @ts-check
// The time and memory of one kind of search step, or of the passes that such steps are made of.
// Prints one line of JSON: milliseconds per step, peak memory in MiB.
//
//   node mixture-worker.mjs '{"strategy": {…}, "space": {…}, "data": {…}, "warmUp": 3}'
//   node mixture-worker.mjs '{"passes": 20, "space": {…}, "data": {…}, "warmUp": 3}'
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createStreams, parseManifest } from '@archer-nas/core';
import { startEngine, tf } from '@archer-nas/engine';
import {
  denseMixture,
  mixtureGradients,
  mixtureLoss,
  optionCounts,
  ParameterStore,
  RunningStatistics,
} from '@archer-nas/nn';
import { installedPlugins, pluginLookup, run } from '@archer-nas/runtime';
import spacePlugin from '@archer-nas/space-nas-bench-201';
import { ROOT } from './contenders.mjs';
import { median } from './statistics.mjs';

const given = JSON.parse(String(process.argv[2]));
const times = given.strategy === undefined ? await timePasses(given) : await timeSteps(given);
const peakMib = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ ...times, peakMib }));

/** @param {{ strategy: object, space: object, data: object, warmUp: number }} setting */
async function timeSteps({ strategy, space, data, warmUp }) {
  const blocks = { name: 'bench-mixture', space, data, strategy: { ...strategy, epochs: 1 } };
  const manifest = parseManifest(JSON.stringify(blocks), 'bench.json');
  const lookup = pluginLookup(installedPlugins(join(ROOT, 'experiments')));
  const out = mkdtempSync(join(tmpdir(), 'archer-mixture-'));
  /** @type {number[]} */
  const stepsMs = [];
  let engine = '';
  try {
    await run({
      ...{ manifest, lookup, out, folder: join(ROOT, 'experiments') },
      onEvent(event) {
        if (event.type === 'resolved') engine = event.engine?.description ?? 'none';
        if (event.type === 'step' && event.job === 'search') stepsMs.push(1e3 * event.seconds);
      },
    });
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
  return { stepMs: median(stepsMs.slice(warmUp)), steps: stepsMs.length - warmUp, engine };
}

/** @param {{ passes: number, space: any, data: any, warmUp: number }} setting */
async function timePasses({ passes, space, data, warmUp }) {
  const { description } = await startEngine();
  const { use, ...options } = space;
  const made = await /** @type {any} */ (spacePlugin).create(
    spacePlugin.options.parse(options),
    {},
  );
  const image = { height: data.size, width: data.size, channels: 3 };
  const network = made.supernet({ classes: data.classes, image });
  const store = new ParameterStore(network.parameters, createStreams(0).scope('init'));
  const mixture = denseMixture(
    optionCounts(network.sites).map((n) => new Float64Array(n).fill(1 / n)),
  );
  const images = tf.randomNormal([data.batch, data.size, data.size, 3], 0, 1, 'float32', 7);
  const labels = Int32Array.from({ length: data.batch }, (_, i) => i % data.classes);
  const batch = /** @type {any} */ ({ images, labels, size: data.batch, dispose() {} });
  const statistics = new RunningStatistics({});
  const train = { by: /** @type {const} */ (['weights']), batchNorm: 'train', statistics };
  mixtureGradients(network, store, mixture, batch, /** @type {any} */ (train)).dispose();
  const running = /** @type {const} */ ({ batchNorm: 'running', statistics });
  const by = /** @type {const} */ (['mixture']);
  return {
    engine: description,
    steps: passes,
    attackMs: timed(() => {
      const result = mixtureGradients(network, store, mixture, batch, { by, ...running });
      result.dispose();
    }),
    forwardMs: timed(() => void mixtureLoss(network, store, mixture, batch, running)),
  };

  /** @param {() => void} work */
  function timed(work) {
    const took = Array.from({ length: warmUp + passes }, () => {
      const start = performance.now();
      work();
      return performance.now() - start;
    });
    return median(took.slice(warmUp));
  }
}
