// @ts-check
// `node tools/tables/nb201-mini.mjs manifest`: chooses the cells and writes the manifest.
// `node tools/tables/nb201-mini.mjs publish RESULTS`: makes the table of the runs in a folder of
// results, finished or not, and the page that says what it is worth. The 200-epoch table must be in the
// data folder or in ARCHER_TABLES.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { NAS_BENCH_201 } from '@archer-nas/bench-nas-bench-201';
import { sha256Hex } from '@archer-nas/core';
import { dataFolder, readRun } from '@archer-nas/runtime';
import { costModel, parseCell } from '@archer-nas/space-nas-bench-201';
import { openTable } from '@archer-nas/tabular';
import { CHANCE, compareWithParams, noiseOf } from './mini-agreement.mjs';
import { miniCells, NAMED } from './mini-cells.mjs';
import { MANIFEST, miniManifest } from './mini-manifest.mjs';
import { labelOf, miniPage } from './mini-page.mjs';
import { meanOf, miniCsv, miniRows } from './mini-rows.mjs';

const PLUGIN = 'plugins/bench-nb201-mini';
const RUNS = ['default/seed-0', 'again/seed-1'];

const [command, results] = process.argv.slice(2);
if (command === 'manifest') write(MANIFEST, miniManifest());
else if (command === 'publish' && results !== undefined) publish(results);
else {
  console.error('Say: manifest, or: publish RESULTS');
  process.exitCode = 2;
}

/** @param {string} folder of results, with runs of the profiles in {@link RUNS} */
function publish(folder) {
  const records = RUNS.map((run) => join(folder, run))
    .filter((path) => existsSync(path))
    .map(readRun);
  const cells = miniCells();
  const runs = records.map(({ seed, lines }) => ({ seed: Number(seed), lines }));
  const rows = miniRows(cells, runs);
  const csv = miniCsv(rows);
  const found = {
    ...{ cells: rows.length, planned: cells.length, noise: noiseOf(rows) },
    ...agreements(rows),
    ...effort(rows, records),
  };
  write(join(PLUGIN, 'table/nb201-mini.csv'), csv);
  write(join(PLUGIN, 'src/content.ts'), contentFile(csv, rows.length));
  write(join(PLUGIN, 'WORTH.md'), miniPage(found));
  console.log(labelOf(found));
}

/** @param {ReturnType<typeof miniRows>} rows */
function agreements(rows) {
  const folders = { data: dataFolder(undefined), manifest: '.' };
  const published = openTable(NAS_BENCH_201, { folders, tables: process.env.ARCHER_TABLES });
  const truth = published.values('c10_test_200');
  const costs = costModel({ channels: 16, cells: 5 }, { classes: 10, image: 32 });
  const named = new Set(Object.values(NAMED));
  const drawn = rows
    .filter(({ arch }) => !named.has(arch))
    .map(({ arch, runs }) => ({
      value: meanOf([...runs.values()]),
      truth: Number(truth[published.rowOf(arch)]),
      params: Number(costs.of(parseCell(arch)).params),
    }));
  const able = drawn.filter((cell) => cell.truth > CHANCE);
  return { all: compareWithParams(drawn), able: compareWithParams(able) };
}

/** @param {ReturnType<typeof miniRows>} rows @param {ReturnType<typeof readRun>[]} records */
function effort(rows, records) {
  const trainings = rows.reduce((sum, { runs }) => sum + runs.size, 0);
  const seconds = records
    .flatMap(({ lines }) => lines)
    .filter(({ kind, event }) => kind === 'telemetry' && event === 'step')
    .reduce((sum, { body }) => sum + Number(/** @type {any} */ (body).seconds), 0);
  const fingerprint = records[0]?.fingerprint;
  return {
    ...{ trainings, hours: seconds / 3600, secondsEach: seconds / trainings },
    machine: `${fingerprint?.machine.cpu}, ${fingerprint?.machine.cores} cores`,
    engine: fingerprint?.engine?.class ?? 'none',
  };
}

/** @param {string} csv @param {number} cells */
function contentFile(csv, cells) {
  return `/** What \`table/nb201-mini.csv\` is. Written by \`tools/tables/nb201-mini.mjs publish\`. */
export const CONTENT = {
  sha256: '${sha256Hex(csv)}',
  name: 'the table of this version, ${cells} cells',
};
`;
}

/** @param {string} path @param {string} text */
function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
