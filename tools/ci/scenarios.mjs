// @ts-check
// Which test shows which reliability scenario. Titles of tests begin with the scenarios' numbers;
// docs/reliability.md lists them, and a scenario that neither a test names nor a command shows is an
// error.
//
//   node tools/ci/scenarios.mjs            checks docs/reliability.md
//   node tools/ci/scenarios.mjs --write    writes it
//   node tools/ci/scenarios.mjs --results vitest.json    also says how each scenario's tests went
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const ROOT = resolve(import.meta.dirname, '../..');
const DOCUMENT = 'docs/reliability.md';
const BEGIN = '<!-- scenarios: written by tools/ci/scenarios.mjs --write -->';
const END = '<!-- /scenarios -->';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/**
 * What each number stands for, and what shows it where that takes longer than a test.
 * @type {Record<string, { what: string, command?: string }>}
 */
export const SCENARIOS = JSON.parse(
  readFileSync(join(import.meta.dirname, 'scenarios.json'), 'utf8'),
);

/** @param {string} number */
function scenario(number) {
  return SCENARIOS[number] ?? { what: 'no scenario' };
}

/** The numbers that a title begins with. @param {string} title @returns {string[]} */
export function numbersOf(title) {
  const [beginning = ''] = /^(?:R\d\d\b[\s,]*(?:and\s+)?)+/.exec(title) ?? [];
  return beginning.match(/R\d\d/g) ?? [];
}

/** The numbers that titles in a test file begin with. @param {string} source */
export function numbersIn(source) {
  const titles = [...source.matchAll(/['"`](R\d\d[^'"`\n]*)/g)];
  return [...new Set(titles.flatMap(([, title]) => numbersOf(/** @type {string} */ (title))))];
}

/**
 * The files whose tests name each scenario.
 * @param {ReadonlyMap<string, string>} sources by path
 */
export function filesByScenario(sources) {
  /** @type {Map<string, string[]>} */
  const found = new Map(Object.keys(SCENARIOS).map((number) => [number, []]));
  for (const [file, source] of sources) {
    for (const number of numbersIn(source)) {
      const files = found.get(number);
      if (files === undefined) throw new Error(`${file} names ${number}, which is no scenario`);
      files.push(file);
    }
  }
  return found;
}

/** How the tests of each scenario went. @param {any} vitest its JSON report */
export function countsByScenario(vitest) {
  /** @type {Map<string, Counts>} */
  const counts = new Map();
  for (const { assertionResults } of vitest.testResults) {
    for (const { ancestorTitles, title, status } of assertionResults) {
      for (const number of new Set([...ancestorTitles, title].flatMap(numbersOf))) {
        const so = counts.get(number) ?? { passed: 0, failed: 0, skipped: 0 };
        const key = status === 'passed' || status === 'failed' ? status : 'skipped';
        counts.set(number, { ...so, [key]: so[/** @type {keyof Counts} */ (key)] + 1 });
      }
    }
  }
  return counts;
}

/** @param {ReadonlyMap<string, readonly string[]>} files @returns {string} */
export function scenarioTable(files) {
  const rows = [...files].map(([number, paths]) => {
    const { what, command } = scenario(number);
    const links = paths.map((path) => `[${path.replace(/^.*\//, '')}](../${path})`);
    const shown = command === undefined ? links : [...links, `\`npx ${command}\``];
    return `| ${number} | ${what} | ${shown.join(', ')} |`;
  });
  return ['| | what happens | shown by |', '|---|---|---|', ...rows].join('\n');
}

function sourcesHere() {
  // The kit's checks are tests wherever a plugin has a row.
  const tests = ['packages/**/*.test.ts', 'plugins/**/*.test.ts', 'tools/**/*.test.mjs'];
  const patterns = [...tests, 'packages/testkit/src/*.ts'];
  const listed = execFileSync('git', ['ls-files', ...patterns], { cwd: ROOT, encoding: 'utf8' });
  const files = listed.trim().split('\n').sort();
  const own = files.filter((file) => file !== 'tools/ci/scenarios.test.mjs');
  return new Map(own.map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]));
}

/** @param {string} text @param {string} table */
function withTable(text, table) {
  const [before, rest] = text.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined) throw new Error(`${DOCUMENT} has no place for the table: ${BEGIN}`);
  return `${before}${BEGIN}\n${table}\n${END}${after}`;
}

/** @param {string} file of vitest's JSON report */
function printResults(file) {
  const counts = countsByScenario(JSON.parse(readFileSync(file, 'utf8')));
  for (const number of Object.keys(SCENARIOS)) {
    const { passed = 0, failed = 0, skipped = 0 } = counts.get(number) ?? {};
    const verdict = failed > 0 ? 'FAILED' : passed > 0 ? 'ok' : 'not run';
    const tests = `${passed} passed, ${failed} failed, ${skipped} skipped`;
    const { what, command } = scenario(number);
    const elsewhere = command === undefined ? '' : ` (${command})`;
    console.log(`${number}  ${verdict.padEnd(8)} ${tests.padEnd(34)} ${what}${elsewhere}`);
  }
}

function main() {
  const { values } = parseArgs({
    options: { write: { type: 'boolean' }, results: { type: 'string' } },
  });
  if (values.results !== undefined) printResults(values.results);
  const files = filesByScenario(sourcesHere());
  const document = join(ROOT, DOCUMENT);
  const text = readFileSync(document, 'utf8');
  const expected = withTable(text, scenarioTable(files));
  if (values.write) writeFileSync(document, expected);
  const problems = [...files].flatMap(([number, paths]) =>
    paths.length > 0 || scenario(number).command !== undefined
      ? []
      : [`no test names ${number}: ${scenario(number).what}`],
  );
  if (!values.write && text !== expected) {
    problems.push(`${DOCUMENT} is old; run node tools/ci/scenarios.mjs --write`);
  }
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
}

if (process.argv[1] === import.meta.filename) main();
