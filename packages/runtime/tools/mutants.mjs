// @ts-check
// Seeded mutants: each breaks one promise in a copy of its package's sources, and a named
// scenario must turn red; without it the same scenario is green.
//   node packages/runtime/tools/mutants.mjs            all rows
//   node packages/runtime/tools/mutants.mjs fsync      rows whose name contains that
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { rows } from './mutant-rows.mjs';

const REPOSITORY = resolve(import.meta.dirname, '../../..');
/** Two levels below the root, as the packages are: their relative imports stay right. */
const COPIES = join(REPOSITORY, '.cache');

/** @param {import('./mutant-rows.mjs').Row} row @param {string} copy */
function plant({ name, file, from, to }, copy) {
  const path = join(copy, 'src', file);
  const text = readFileSync(path, 'utf8');
  const pieces = text.split(from);
  if (pieces.length !== 2) {
    throw new Error(`"${name}": ${file} has what it replaces ${pieces.length - 1} times, not once`);
  }
  writeFileSync(path, pieces.join(to));
  return () => writeFileSync(path, text);
}

/**
 * How a scenario's tests go in a copy of a package.
 * @param {string} copy @param {import('./mutant-rows.mjs').Row} row
 */
function runScenario(copy, { test, scenario }) {
  const report = join(copy, 'vitest.json');
  rmSync(report, { force: true });
  const vitest = join(REPOSITORY, 'node_modules/vitest/vitest.mjs');
  const chosen = ['run', '--root', copy, join('src', test), '-t', scenario];
  const how = ['--reporter=json', `--outputFile=${report}`, '--testTimeout=120000', '--bail=1'];
  const { stderr } = spawnSync(process.execPath, [vitest, ...chosen, ...how], {
    cwd: copy,
    encoding: 'utf8',
  });
  if (!existsSync(report)) throw new Error(`vitest did not run:\n${stderr}`);
  /** @type {{ numPassedTests: number, testResults: { message: string, assertionResults: { status: string, fullName: string, failureMessages: string[] }[] }[] }} */
  const { numPassedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
  const [first] = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'failed');
  return { passed: numPassedTests, failed: first, unloaded: testResults[0]?.message ?? '' };
}

/** @param {import('./mutant-rows.mjs').Row} row */
function copyOf({ package: name }) {
  const copy = join(COPIES, `mutant-${name}-${process.pid}`);
  if (existsSync(copy)) return copy;
  const source = join(REPOSITORY, 'packages', name);
  mkdirSync(copy, { recursive: true });
  for (const part of ['src', 'tools', 'package.json', 'vitest.config.ts']) {
    if (existsSync(join(source, part))) {
      cpSync(join(source, part), join(copy, part), { recursive: true });
    }
  }
  return copy;
}

const wanted = rows.filter(({ name }) => name.includes(process.argv[2] ?? ''));
/** @type {Set<string>} */
const copies = new Set();
let escaped = wanted.length === 0 ? 1 : 0;
try {
  /** @type {Set<string>} */
  const green = new Set();
  for (const row of wanted) {
    const copy = copyOf(row);
    copies.add(copy);
    const key = `${row.package} ${row.test} ${row.scenario}`;
    if (!green.has(key)) {
      const { passed, failed, unloaded } = runScenario(copy, row);
      if (failed !== undefined || passed === 0) {
        throw new Error(`"${key}" is not green by itself: ${failed?.fullName ?? unloaded}`);
      }
      green.add(key);
    }
    const heal = plant(row, copy);
    const { failed, passed, unloaded } = runScenario(copy, row);
    heal();
    if (failed === undefined && passed === 0) throw new Error(`"${row.name}": ${unloaded}`);
    const [why = ''] = (failed?.failureMessages[0] ?? '').split('\n');
    if (failed === undefined) escaped++;
    console.log(failed ? `killed   ${row.name}` : `ESCAPED  ${row.name}`);
    console.log(failed ? `         by ${failed.fullName}\n         ${why.slice(0, 160)}` : '');
  }
} finally {
  for (const copy of copies) rmSync(copy, { recursive: true, force: true });
}
console.log(`${wanted.length - escaped} of ${wanted.length} mutants killed`);
process.exitCode = escaped === 0 ? 0 : 1;
