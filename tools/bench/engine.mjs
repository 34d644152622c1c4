// @ts-check
// Measures the engines beside PyTorch: `npx nx run tools:bench-engine`. See README.md.
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { caseName } from './case-name.mjs';
import { casesOf, NETWORKS } from './cases.mjs';
import {
  COMPILE,
  compiledLayouts,
  compiledVariant,
  DEFAULT_ENGINES,
  ENGINES,
  hasTorch,
  nameOf,
  ROOT,
  TORCH_RECIPE,
} from './contenders.mjs';
import { Patience } from './load.mjs';
import { machine, roofline } from './machine.mjs';
import { measureCase } from './measure.mjs';
import {
  choicesIn,
  isDone,
  nextPart,
  parseRecords,
  readRecords,
  withCase,
  writeRecords,
} from './records.mjs';
import { report } from './report.mjs';
import { Seat } from './seats.mjs';

const { values: options } = parseArgs({
  options: {
    networks: { type: 'string', default: Object.keys(NETWORKS).join() },
    cells: { type: 'string', default: '1,5' },
    batches: { type: 'string', default: '64,256' },
    engines: { type: 'string', default: DEFAULT_ENGINES.join() },
    torch: { type: 'string', default: 'f32,bf16' },
    compile: { type: 'string', default: 'bars' },
    'compile-limit': { type: 'string', default: '600' },
    headroom: { type: 'string', default: '1.5' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '0.6' },
    least: { type: 'string', default: '2' },
    retries: { type: 'string', default: '1' },
    patience: { type: 'string', default: '60' },
    threads: { type: 'string', default: String(availableParallelism()) },
    only: { type: 'string' },
    append: { type: 'boolean', default: false },
    resume: { type: 'boolean', default: false },
    prepare: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    report: { type: 'string' },
  },
});

const log = (/** @type {string} */ line) => console.error(line);

if (options.report) {
  process.stdout.write(report(parseRecords(readFileSync(options.report, 'utf8'))));
} else if (options.prepare) {
  await compileAhead();
} else {
  await bench();
}

/** Measures case after case; records and page are written after each. */
async function bench() {
  const folder = join(ROOT, options.write ? 'docs/benchmarks' : '.cache/bench');
  const keeps = options.append || options.resume;
  /** @type {Record<string, any>[]} */
  let records = keeps ? readRecords(folder) : [];
  const settings = settingsOf();
  const part = nextPart(records);
  const run = {
    ...{ kind: 'run', part, date: new Date().toISOString().slice(0, 10), command: command() },
    ...{ machine: machine(), roofline: roofline(settings.threads), ...settings, minutes: 0 },
  };
  const patience = new Patience(number('patience'));
  const torch = torchPrecisions((entry) => records.push({ ...entry, part }));
  records.push(run);
  const engines = list('engines').map(engineOf);
  const begin = performance.now();
  for (const of of cases()) {
    if (options.resume && isDone(records, of, run.machine)) {
      log(`${caseName(of)}: done`);
      continue;
    }
    /** @type {Record<string, any>[]} */
    const own = [];
    const record = (/** @type {object} */ entry) => own.push({ ...entry, part });
    const start = performance.now();
    // What another batch has chosen holds; what this case chose at another time does not.
    const choices = choicesIn(withCase(records, { ...of, part }, []), run.machine);
    try {
      await measureCase(of, engines, torch, { ...settings, patience, log, record }, choices);
      record({ kind: 'done', ...of, minutes: (performance.now() - start) / 60e3 });
    } catch (error) {
      // Out of memory in one case, for example: the others still count.
      const reason = /** @type {Error} */ (error).message.trim().split('\n').at(-1);
      record({ kind: 'absent', ...of, engine: 'the case', reason });
      log(`  given up: ${reason}`);
    }
    run.minutes = (performance.now() - begin) / 60e3;
    records = withCase(records, { ...of, part }, own);
    writeRecords(records, folder);
  }
  process.stdout.write(report(records));
}

function settingsOf() {
  return {
    rounds: number('rounds'),
    seconds: number('seconds'),
    least: number('least'),
    retries: number('retries'),
    threads: number('threads'),
    compile: compileChoice(),
    compileLimit: number('compile-limit'),
    headroom: number('headroom'),
  };
}

/**
 * Fills the cache of torch.compile, so that a run does not wait for it. Where one layout is tried,
 * it is the one that is nearly always the faster. Measures nothing.
 */
async function compileAhead() {
  const settings = {
    ...{ ...settingsOf(), patience: new Patience(0), log },
    record() {},
  };
  for (const of of cases()) {
    for (const precision of torchPrecisions(() => {})) {
      for (const layout of compiledLayouts(of, settings.compile, 'nhwc')) {
        const contender = compiledVariant(precision, layout);
        const seat = new Seat(contender, of, settings);
        const start = performance.now();
        const outcome = await seat.warm().then(
          () => 'compiled',
          (error) => `not compiled: ${error.message.trim().split('\n').at(-1)}`,
        );
        await seat.close();
        const seconds = ((performance.now() - start) / 1e3).toFixed(0);
        log(`${caseName(of)} ${nameOf(contender)}: ${outcome}, ${seconds} s`);
      }
    }
  }
}

/** The cases that are asked for: by name, or every combination. */
function cases() {
  const [cells, batches] = [list('cells').map(Number), list('batches').map(Number)];
  const all = casesOf({ networks: list('networks'), cells, batches });
  if (options.only === undefined) return all;
  // Nx hands words on one by one: `typical_N=5_B=64` will do.
  const wanted = options.only.split(',').map((name) => name.trim().replaceAll('_', ' '));
  const unknown = wanted.find((name) => !all.some((of) => caseName(of) === name));
  if (unknown === undefined) return all.filter((of) => wanted.includes(caseName(of)));
  throw new Error(`There is no case "${unknown}"; there are: ${all.map(caseName).join(', ')}.`);
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

/**
 * @param {'rounds' | 'seconds' | 'least' | 'retries' | 'patience' | 'threads' | 'compile-limit' |
 *   'headroom'} name
 */
function number(name) {
  const value = Number(options[name]);
  if (Number.isFinite(value) && value >= 0) return value;
  throw new Error(`--${name} is a number, not ${options[name]}.`);
}

/** What makes this run again. */
function command() {
  const quoted = process.argv.slice(2).map((word) => (word.includes(' ') ? `"${word}"` : word));
  return ['npx nx run tools:bench-engine', ...quoted].join(' ');
}
