// @ts-check
// Archer's side of the bench: one engine and one case per process. Reads one JSON request per line
// and answers with one JSON line; see worker.mjs.
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createStreams } from '@archer-nas/core';
import { startEngine, tf } from '@archer-nas/engine';
import {
  clipCoefficient,
  globalNorm,
  gradientNorms,
  lossAndGradients,
  ParameterStore,
  pathHits,
  Sgd,
} from '@archer-nas/nn';
import { recordKernels } from './kernel-times.mjs';
import { forwardFlops, networkOf } from './network-of-job.mjs';
import { referenceLoop } from './reference-loop.mjs';
import { startStockWasm } from './stock-wasm.mjs';

const job = JSON.parse(process.argv[2] ?? '{}');
const resident = statusKib('VmRSS');

/** A field of /proc/self/status; null where there is no such file. @param {string} field */
function statusKib(field) {
  try {
    const status = readFileSync('/proc/self/status', 'utf8');
    return Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? Number.NaN);
  } catch {
    return null;
  }
}

async function start() {
  if (job.engine === 'tfjs-wasm') return startStockWasm();
  const { engine, precision, isa, threads } = job;
  return startEngine({ engine, precision, isa, threads });
}

async function prepare() {
  const engine = await start();
  const streams = createStreams(0);
  const { network, gates } = await networkOf(job);
  const store = new ParameterStore(network.parameters, streams.scope('init'));
  const { momentum, weightDecay, learningRate, clip } = job.sgd;
  const sgd = new Sgd(store, { momentum, weightDecay });
  const stream = streams.stream('images');
  const size = job.image * job.image * 3;
  const pixels = Float32Array.from({ length: job.batch * size }, () => stream.normal());
  const batch = {
    images: tf.tensor4d(pixels, [job.batch, job.image, job.image, 3]),
    labels: Int32Array.from({ length: job.batch }, () => stream.int(job.classes)),
    size: job.batch,
    dispose() {},
  };

  /** What `Training` of the strategy one-shot does with a batch. @param {any} path */
  const train = (path) => {
    const result = lossAndGradients(network, store, path, batch);
    const scale = clipCoefficient(globalNorm(gradientNorms(result.gradients)), clip);
    const loss = result.loss.dataSync()[0];
    result.correct.dataSync();
    sgd.step(result.gradients, { learningRate, scale });
    result.dispose();
    return loss;
  };
  // What the supernet's evaluator does with one batch, for one path and for all together.
  const paths = gates.map((path) => path.map(({ support }) => support[0] ?? -1));
  const alone = paths.map((path) => pathHits(network, store, [path]));
  const together = pathHits(network, store, paths);
  /** @type {Record<string, () => Promise<any>>} one cycle over the paths */
  const cycles = {
    async train() {
      let last;
      for (const path of gates) last = train(path);
      return last;
    },
    async eval() {
      let last;
      for (const path of alone) [last] = await path.of(batch);
      return last;
    },
    async rank() {
      const hits = await together.of(batch);
      return hits.at(-1);
    },
  };

  /** @param {{ phase: string, seconds: number, least: number }} how whole cycles over the paths */
  const time = async ({ phase, seconds, least }) => {
    const cycle = /** @type {() => Promise<any>} */ (cycles[phase]);
    /** @type {number[]} */
    const samples = [];
    let last;
    const start = performance.now();
    while (samples.length < least || performance.now() - start < seconds * 1e3) {
      const begin = performance.now();
      last = await cycle();
      samples.push(performance.now() - begin);
    }
    return { ms: samples, images: job.batch * gates.length, last };
  };

  const describe = () => {
    const flops = gates.map((path) => forwardFlops(network, path, store));
    return {
      version: engine.version,
      description: engine.description,
      isa: engine.isa,
      threads: engine.threads,
      parameters: store.count(),
      flops: flops.reduce((a, b) => a + b) / flops.length,
      residentKib: resident,
    };
  };
  return { time, describe };
}

/**
 * Images per million multiply-adds of the loop, both by the processor's time: what others do costs
 * the cache, not the turn.
 * @param {(request: any) => Promise<{ ms: number[], images: number }>} time @param {any} request
 */
async function ratioOf(time, request) {
  const before = processorTime();
  const first = referenceLoop();
  const begin = processorTime();
  const { ms, images } = await time(request);
  const end = processorTime();
  const last = referenceLoop();
  const loops = begin - before + (processorTime() - end);
  return { ratio: (images * ms.length * loops) / ((end - begin) * ((first + last) / 1e6)) };
}

/** Microseconds that this process has computed. */
function processorTime() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** @type {Record<string, (request: any) => unknown>} */
let verbs;
try {
  const { time, describe } = await prepare();
  verbs = {
    describe,
    time,
    ratio: (request) => ratioOf(time, request),
    profile: (request) => recordKernels(() => time(request)),
    peak: () => ({ kib: statusKib('VmHWM') }),
    resetPeak() {
      // From here on VmHWM is the peak of what follows.
      if (resident !== null) writeFileSync('/proc/self/clear_refs', '5');
      return {};
    },
  };
} catch (error) {
  const { message, code } = /** @type {any} */ (error);
  if (code === undefined) throw error;
  verbs = { describe: () => ({ unavailable: message }) };
}

for await (const line of createInterface({ input: process.stdin })) {
  const { verb, ...request } = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(await verbs[verb]?.(request))}\n`);
}
