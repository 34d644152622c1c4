// @ts-check
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRun, scienceLines } from '@archer-nas/runtime';

/**
 * What must be equal, byte for byte, however often a run was killed: by name.
 * @param {string} folder @returns {Map<string, string>}
 */
export function outcomeOf(folder) {
  /** @type {Map<string, string>} */
  const found = new Map();
  for (const line of scienceLines(readRun(folder).lines)) {
    found.set(`science line ${line.seq}`, JSON.stringify(line));
  }
  const read = (/** @type {string} */ name) => {
    const path = join(folder, name);
    found.set(name, existsSync(path) ? readFileSync(path, 'base64') : 'absent');
  };
  read('result.json');
  for (const name of namesIn(join(folder, 'tables'))) read(join('tables', name));
  // The line of a checkpoint depends on the kills before it; what it holds does not.
  for (const [job, name] of lastCheckpoints(folder)) {
    for (const file of ['header.json', 'arrays.bin']) {
      const path = join(folder, 'checkpoints', name, file);
      found.set(`last checkpoint of ${job}, ${file}`, readFileSync(path, 'base64'));
    }
  }
  return found;
}

/** @param {string} folder */
const namesIn = (folder) => (existsSync(folder) ? readdirSync(folder).sort() : []);

/** The search's last checkpoint. A killed study may have one that an unkilled one has, too. @param {string} folder */
function lastCheckpoints(folder) {
  /** @type {Map<string, string>} */
  const last = new Map();
  const numberOf = (/** @type {string} */ name) => Number(/-(\d+)$/.exec(name)?.[1]);
  for (const name of namesIn(join(folder, 'checkpoints'))) {
    const job = name.replace(/-\d+$/, '');
    const before = last.get(job);
    if (before === undefined || numberOf(before) < numberOf(name)) last.set(job, name);
  }
  return last;
}

/** The first thing that differs. @param {Map<string, string>} a @param {Map<string, string>} b */
export function compare(a, b) {
  for (const name of new Set([...a.keys(), ...b.keys()])) {
    if (a.get(name) !== b.get(name)) return `${name} differs`;
  }
  return undefined;
}

/**
 * How far a run has come: science lines up to its last commit point, and all steps that its
 * journal has, those that were made twice included.
 * @param {string} folder
 */
export function progressOf(folder) {
  const { lines } = readRun(folder);
  const isCommit = (/** @type {(typeof lines)[number]} */ { event }) =>
    event === 'checkpoint' || event === 'result';
  const last = lines.findLast(isCommit)?.seq ?? -1;
  const committed = scienceLines(lines.filter(({ seq }) => seq <= last)).length;
  return { committed, made: stepsIn(join(folder, 'journal.jsonl')) };
}

/** @param {string} journal */
function stepsIn(journal) {
  if (!existsSync(journal)) return 0;
  const lines = readFileSync(journal, 'utf8').split('\n');
  return lines.filter(
    (line) => line.includes('"kind":"science"') && line.includes('"event":"step"'),
  ).length;
}
