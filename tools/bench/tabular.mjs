// @ts-check
// Evaluations per second of regularised evolution on NAS-Bench-201: Archer, with its journal on, beside
// a plain Python script that looks cells up in a dictionary, in turns on one machine.
//
//   npx nx run tools:bench-tabular [--rounds 3] [--times 10000] [--write]
//
// Needs the table in ARCHER_TABLES or ../shared/data, and python3.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from './contenders.mjs';
import { machine } from './machine.mjs';
import { tabularPage } from './tabular-page.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    times: { type: 'string', default: '10000' },
    write: { type: 'boolean', default: false },
  },
});
const tables = process.env.ARCHER_TABLES ?? join(ROOT, '../shared/data');
const table = join(tables, 'nas-bench-201/nb201.csv.gz');
const COLUMN = 'c10_valid_12';
const EVALUATIONS = 300;
/** Population and sample: of the NAS-Bench-201 scripts, of NAS-Bench-101's, and of the paper. */
const SETTINGS = [
  [10, 3],
  [50, 10],
  [100, 25],
];

if (!existsSync(table)) {
  console.error(`${table} is not there; say where the tables are with ARCHER_TABLES.`);
  process.exit(1);
}

/** @param {string} command @param {string[]} args @returns {any} */
function measured(command, args) {
  const env = { ...process.env, ARCHER_TABLES: tables };
  return JSON.parse(String(execFileSync(command, args, { env, cwd: ROOT })));
}

/** @param {string[]} numbers */
const archer = (numbers) =>
  measured(process.execPath, [join(import.meta.dirname, 'tabular-worker.mjs'), COLUMN, ...numbers]);
/** @param {string[]} numbers */
const python = (numbers) =>
  measured('python3', [join(import.meta.dirname, 'rea.py'), table, COLUMN, ...numbers]);

const cases = SETTINGS.map((setting) => {
  const numbers = [...setting, EVALUATIONS, values.times].map(String);
  const rounds = Array.from({ length: Number(values.rounds) }, () => ({
    archer: archer(numbers),
    python: python(numbers),
  }));
  console.error(`P = ${setting[0]}, S = ${setting[1]}: ${rounds.length} rounds`);
  return { setting, rounds };
});
const suite = archer(['50', '10', String(EVALUATIONS), '500']);
const page = tabularPage({ machine: machine(), cases, suite, times: Number(values.times) });
console.log(page);
if (values.write) {
  const file = join(ROOT, 'docs/benchmarks/tabular.md');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, page);
}
