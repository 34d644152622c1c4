// @ts-check
// Measures the engines beside PyTorch: `npx nx run tools:bench-engine`. See README.md.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { caseName } from './case-name.mjs';
import { casesOf, NETWORKS } from './cases.mjs';
import {
  COMPILE,
  compiledVariant,
  compiles,
  DEFAULT_ENGINES,
  ENGINES,
  hasTorch,
  nameOf,
  ROOT,
  startWorker,
  TORCH_RECIPE,
} from './contenders.mjs';
import { Patience } from './load.mjs';
import { machine, roofline } from './machine.mjs';
import { measureCase } from './measure.mjs';
import { report } from './report.mjs';

const { values: options } = parseArgs({
  options: {
    networks: { type: 'string', default: Object.keys(NETWORKS).join() },
    cells: { type: 'string', default: '1,5' },
    batches: { type: 'string', default: '64,256' },
    engines: { type: 'string', default: DEFAULT_ENGINES.join() },
    torch: { type: 'string', default: 'f32,bf16' },
    compile: { type: 'string', default: 'bars' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '0.6' },
    least: { type: 'string', default: '2' },
    retries: { type: 'string', default: '1' },
    patience: { type: 'string', default: '60' },
    threads: { type: 'string', default: String(availableParallelism()) },
    prepare: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    report: { type: 'string' },
  },
});

if (options.report) {
  process.stdout.write(report(parse(readFileSync(options.report, 'utf8'))));
} else if (options.prepare) {
  await compileAhead();
} else {
  await bench();
}

async function bench() {
  /** @type {Record<string, any>[]} */
  const records = [];
  const begin = performance.now();
  const settings = {
    rounds: number('rounds'),
    seconds: number('seconds'),
    least: number('least'),
    retries: number('retries'),
    threads: number('threads'),
    compile: compileChoice(),
  };
  const run = {
    ...{ kind: 'run', date: new Date().toISOString().slice(0, 10), command: command() },
    ...{ machine: machine(), roofline: roofline(settings.threads), ...settings, minutes: 0 },
  };
  records.push(run);
  const patience = new Patience(number('patience'));
  const log = (/** @type {string} */ line) => console.error(line);
  const record = (/** @type {object} */ entry) => records.push(entry);
  const torch = torchPrecisions(record);
  const engines = list('engines').map(engineOf);
  const choices = new Map();
  for (const of of cases()) {
    try {
      await measureCase(of, engines, torch, { ...settings, patience, log, record }, choices);
    } catch (error) {
      // Out of memory in one case, for example: the others still count.
      const reason = /** @type {Error} */ (error).message.trim().split('\n').at(-1);
      record({ kind: 'absent', ...of, engine: caseName(of), reason });
      log(`  given up: ${reason}`);
    }
    run.minutes = (performance.now() - begin) / 60e3;
    save(records, join(ROOT, '.cache/bench'));
  }
  if (options.write) save(records, join(ROOT, 'docs/benchmarks'));
  process.stdout.write(report(records));
}

/**
 * Fills the cache of torch.compile for the layout that is nearly always the faster one, so that a
 * run does not wait for it. Measures nothing.
 */
async function compileAhead() {
  for (const of of cases().filter((of) => compiles(of, compileChoice()))) {
    for (const precision of torchPrecisions(() => {})) {
      const contender = compiledVariant(precision, 'nhwc');
      console.error(caseName(of), nameOf(contender));
      const worker = startWorker(contender, of, number('threads'));
      for (const phase of ['train', 'eval']) {
        await worker.ask('time', { phase, seconds: 0, least: 1 });
      }
      await worker.close();
    }
  }
}

function cases() {
  const [cells, batches] = [list('cells').map(Number), list('batches').map(Number)];
  return casesOf({ networks: list('networks'), cells, batches });
}

/** @param {readonly object[]} records @param {string} folder */
function save(records, folder) {
  const lines = records.map((entry) => JSON.stringify(entry)).join('\n');
  const file = join(folder, 'engine.jsonl');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${lines}\n`);
  writeFileSync(join(folder, 'engine.md'), report(records));
}

/** @param {string} text @returns {any[]} */
function parse(text) {
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** @param {(entry: object) => void} record @returns {('f32' | 'bf16')[]} */
function torchPrecisions(record) {
  const wanted = list('torch').filter((name) => name !== 'none');
  const unknown = wanted.find((name) => name !== 'f32' && name !== 'bf16');
  if (unknown !== undefined) throw new Error(`PyTorch is measured in f32 or bf16, not ${unknown}.`);
  if (wanted.length === 0 || hasTorch()) return /** @type {('f32' | 'bf16')[]} */ (wanted);
  const reason = `not installed: ${TORCH_RECIPE}`;
  record({ kind: 'absent', engine: 'torch', precision: 'f32', reason });
  console.error(`PyTorch is ${reason}`);
  return [];
}

/** @param {string} name */
function engineOf(name) {
  const engine = ENGINES[name];
  if (engine) return engine;
  throw new Error(`There is no engine "${name}" here; there are ${Object.keys(ENGINES)}.`);
}

function compileChoice() {
  if (COMPILE.includes(options.compile)) return options.compile;
  throw new Error(`--compile is one of ${COMPILE}, not ${options.compile}.`);
}

/** @param {'networks' | 'cells' | 'batches' | 'engines' | 'torch'} name */
function list(name) {
  return options[name].split(',').filter((item) => item !== '');
}

/** @param {'rounds' | 'seconds' | 'least' | 'retries' | 'patience' | 'threads'} name */
function number(name) {
  const value = Number(options[name]);
  if (Number.isFinite(value) && value >= 0) return value;
  throw new Error(`--${name} is a number, not ${options[name]}.`);
}

/** What makes this run again. */
function command() {
  return ['npx nx run tools:bench-engine', ...process.argv.slice(2)].join(' ');
}
