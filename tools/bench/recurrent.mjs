// @ts-check
// Tokens per second of processor time of the search for a recurrent cell: this checkout, another one
// (`--beside`, built), and PyTorch where it is there, in turns, a thread each.
//
//   npx nx run tools:bench-recurrent [--rounds 5] [--steps 6] [--beside FOLDER] [--write]
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT, TORCH_RECIPE } from './contenders.mjs';
import { machine } from './machine.mjs';
import { recurrentPage } from './recurrent-page.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    steps: { type: 'string', default: '6' },
    beside: { type: 'string' },
    python: { type: 'string', default: join(ROOT, '.cache/torch-venv/bin/python') },
    write: { type: 'boolean', default: false },
  },
});
/** Steps that compile and fill caches. */
const WARM_UP = 2;

/** A chain and a fan of every activation: predecessor and activation of each node. */
const CELL = [
  ...['0 0', '0 1', '1 2', '1 3', '2 0', '0 1', '4 2', '6 3'],
  ...['2 0', '8 1', '3 2', '9 1'],
].map((node) => node.split(' ').map(Number));

const cases = [
  { name: 'quick of enas-ptb', nodes: 8, width: 64, lanes: 32, vocabulary: 65 },
  { name: 'corrected of enas-ptb', nodes: 9, width: 200, lanes: 128, vocabulary: 10_000 },
].map((one) => ({ ...one, window: 35, cell: CELL.slice(0, one.nodes) }));

/** @typedef {typeof cases[number] & { steps: number, warmUp: number }} Job */

/** @param {string} root @returns {(job: Job) => { loss: number, tokensPerSecond: number }} */
const archer = (root) => (job) => {
  const script = join(import.meta.dirname, 'recurrent-worker.mjs');
  return json(process.execPath, [script, root, JSON.stringify(job)]);
};

/** @type {Record<string, (job: Job) => { loss: number, tokensPerSecond: number }>} */
const contenders = { Archer: archer(ROOT) };
if (values.beside !== undefined) {
  const other = resolve(values.beside);
  const commit = execFileSync('git', ['-C', other, 'rev-parse', '--short', 'HEAD']);
  contenders[`Archer ${String(commit).trim()}`] = archer(other);
}
if (existsSync(values.python)) {
  const script = join(import.meta.dirname, 'recurrent_torch.py');
  contenders.PyTorch = (job) => json(values.python, [script, JSON.stringify(job)]);
} else {
  console.error(`without PyTorch: ${TORCH_RECIPE}`);
}

const measured = cases.map((one) => {
  const rounds = Array.from({ length: Number(values.rounds) }, (_, round) => {
    console.error(`${one.name}: round ${round + 1} of ${values.rounds}`);
    const job = { ...one, steps: Number(values.steps), warmUp: WARM_UP };
    return Object.fromEntries(Object.entries(contenders).map(([name, run]) => [name, run(job)]));
  });
  return { ...one, rounds };
});
const given = values.beside === undefined ? '' : ' --beside FOLDER';
const command = `--rounds ${values.rounds} --steps ${values.steps}${given}`;
const page = recurrentPage({ machine: machine(), command, cases: measured });
console.log(page);
if (values.write) writeFileSync(join(ROOT, 'docs/benchmarks/recurrent.md'), page);

/** @param {string} program @param {string[]} args */
function json(program, args) {
  return JSON.parse(String(execFileSync(program, args, { cwd: ROOT })));
}
