// @ts-check
// The file of records: a line of JSON each. A run may measure some of the cases and a later one the
// others; each is a part, and every record says of which part it is.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { caseName } from './case-name.mjs';
import { NETWORKS } from './cases.mjs';
import { machineName } from './machine.mjs';
import { report } from './report.mjs';

/**
 * @typedef {import('./case-name.mjs').Case} Case
 * @typedef {import('./contenders.mjs').Contender} Contender
 * @typedef {Record<string, any>} Entry
 */

/** @param {string} text @returns {Entry[]} */
export function parseRecords(text) {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line));
}

/** @param {string} folder @returns {Entry[]} none where nothing was measured yet */
export function readRecords(folder) {
  try {
    return parseRecords(readFileSync(join(folder, 'engine.jsonl'), 'utf8'));
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return [];
    throw error;
  }
}

/** Writes records and page. @param {readonly Entry[]} records @param {string} folder */
export function writeRecords(records, folder) {
  mkdirSync(folder, { recursive: true });
  const lines = records.map((entry) => JSON.stringify(entry)).join('\n');
  writeFileSync(join(folder, 'engine.jsonl'), `${lines}\n`);
  writeFileSync(join(folder, 'engine.md'), report(records));
}

/** The number of the next part. @param {readonly Entry[]} records */
export function nextPart(records) {
  return 1 + Math.max(0, ...records.filter(isRun).map(partOf));
}

/** The machine of each part. @param {readonly Entry[]} records @returns {Map<number, string>} */
export function machinesIn(records) {
  return new Map(records.filter(isRun).map((run) => [partOf(run), machineName(run.machine)]));
}

/** The part of a record; those of before there were parts are of the first. @param {Entry} entry */
export function partOf({ part = 1 }) {
  return part;
}

/**
 * The records with those anew that a part has of a case, in the order of the cases: what the same
 * machine had of it before is gone, and so are parts of which nothing is left.
 * @param {readonly Entry[]} records @param {Case & { readonly part: number }} of
 * @param {readonly Entry[]} own
 */
export function withCase(records, of, own) {
  const name = caseName(of);
  const machines = machinesIn(records);
  const here = machines.get(of.part);
  const others = records.filter(
    (entry) => !isOfCase(entry) || caseName(entry) !== name || machines.get(partOf(entry)) !== here,
  );
  const all = [...others, ...own];
  const used = new Set(all.filter(isOfCase).map(partOf));
  return all
    .filter((entry) => isOfCase(entry) || used.has(partOf(entry)))
    .map((entry, position) => ({ entry, position }))
    .sort((a, b) => rank(a.entry) - rank(b.entry) || a.position - b.position)
    .map(({ entry }) => entry);
}

/**
 * Whether a machine has measured the case to its end at this commit.
 * @param {readonly Entry[]} records @param {Case} of @param {Entry} machine
 */
export function isDone(records, of, machine) {
  const [commit, here] = [machine.commit, machineName(machine)];
  const parts = records
    .filter((entry) => entry.kind === 'done' && isOfCase(entry) && caseName(entry) === caseName(of))
    .map(partOf);
  const runs = records.filter((entry) => isRun(entry) && parts.includes(partOf(entry)));
  return runs.some((run) => run.machine?.commit === commit && machineName(run.machine) === here);
}

/**
 * PyTorch's configurations that took turns on a machine, by network, cells and precision: what a
 * larger batch takes over there.
 * @param {readonly Entry[]} records @param {Entry} machine
 */
export function choicesIn(records, machine) {
  /** @type {Map<string, Contender[]>} */
  const choices = new Map();
  const machines = machinesIn(records);
  const here = machineName(machine);
  for (const { kind, engine, precision, variant, mode, layout, ...of } of records) {
    if (kind !== 'slice' || engine !== 'torch' || machines.get(partOf(of)) !== here) continue;
    const key = choiceKey(/** @type {any} */ (of), precision);
    const known = choices.get(key) ?? [];
    if (known.some((one) => one.variant === variant)) continue;
    choices.set(key, [...known, { engine, precision, variant, mode, layout }]);
  }
  return choices;
}

/** @param {Case} of @param {string} precision */
export function choiceKey({ network, cells }, precision) {
  return `${network} ${cells} ${precision}`;
}

/** @param {Entry} entry */
function isRun({ kind }) {
  return kind === 'run';
}

/** @param {Entry} entry @returns {entry is Case & Entry} */
function isOfCase({ network }) {
  return network !== undefined;
}

/** Runs, what belongs to no case, then the cases: small ones first. @param {Entry} entry */
function rank(entry) {
  if (isRun(entry)) return -2e9 + partOf(entry);
  if (!isOfCase(entry)) return -1e9;
  return 1e4 * entry.batch + 100 * entry.cells + Object.keys(NETWORKS).indexOf(entry.network);
}
