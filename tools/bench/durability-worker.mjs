// @ts-check
// One training run as `archer run` makes it, with the time that its durability takes. Prints one
// line of JSON. What is timed: formatting and writing journal lines and their fsyncs, also those
// in the background; reading a state for a checkpoint and writing it.
//
//   node durability-worker.mjs '{"space": {…}, "data": {…}, "epochs": 4, "tracker": null}'
import fs, { mkdtempSync, rmSync, statSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseManifest } from '@archer-nas/core';
import { installedPlugins, pluginLookup, run } from '@archer-nas/runtime';
import { ROOT } from './contenders.mjs';

/** @type {{ space: object, data: object, epochs: number, tracker: object | null }} */
const { space, data, epochs, tracker } = JSON.parse(String(process.argv[2]));
const spent = { journal: 0, checkpoint: 0, tracker: 0 };
const count = { lines: 0, checkpoints: 0 };
/** @type {(keyof typeof spent)[]} */
const inside = [];

/**
 * Replaces a method or getter by one that adds its time to a kind, unless it runs inside of
 * another one that is timed.
 * @param {any} owner @param {string} name @param {keyof typeof spent} kind
 */
function time(owner, name, kind) {
  const own = Object.getOwnPropertyDescriptor(owner, name);
  if (own === undefined) throw new Error(`there is no ${name} any more`);
  const key = own.get ? 'get' : 'value';
  const original = own[key];
  /** @this {any} @param {any[]} args */
  function timed(...args) {
    const outer = inside.at(-1);
    // A tracker is called from within a commit: its time is taken off the journal's.
    if (outer !== undefined && kind !== 'tracker') return original.apply(this, args);
    inside.push(kind);
    const startMs = performance.now();
    try {
      return original.apply(this, args);
    } finally {
      inside.pop();
      const tookMs = performance.now() - startMs;
      spent[kind] += tookMs;
      if (outer !== undefined) spent[outer] -= tookMs;
    }
  }
  Object.defineProperty(owner, name, { ...own, [key]: timed });
}

// The classes themselves, which the package does not export: the build has one file for each.
const runtime = join(ROOT, 'packages/runtime/dist');
const { JournalWriter } = await import(join(runtime, 'journal.js'));
const { CheckpointKeeper } = await import(join(runtime, 'checkpoint-keeper.js'));
const { Tracking } = await import(join(runtime, 'tracking.js'));
for (const name of ['append', 'commit', 'close']) time(JournalWriter.prototype, name, 'journal');
time(CheckpointKeeper.prototype, 'save', 'checkpoint');
time(Tracking.prototype, 'log', 'tracker');
// The group commit of a timer is seen by nothing but the file system.
for (const name of ['writeSync', 'fdatasyncSync', 'fsyncSync']) time(fs, name, 'journal');
syncBuiltinESMExports();

/** Waiting for the tracker at the end, milliseconds. */
let closingMs = 0;
const { close } = Tracking.prototype;
/** @this {any} @param {any[]} args */
Tracking.prototype.close = async function timedClose(...args) {
  const startMs = performance.now();
  await close.apply(this, args);
  closingMs = performance.now() - startMs;
};

const installed = pluginLookup(installedPlugins(join(ROOT, 'experiments')));
/** @type {import('@archer-nas/core').PluginLookup} */
const lookup = async (kind, id) => {
  const loaded = await installed(kind, id);
  if (kind !== 'strategy' || !('create' in loaded.plugin)) return loaded;
  const { create } = /** @type {any} */ (loaded.plugin);
  /** @param {any[]} args */
  const timed = async (...args) => {
    const strategy = await create(...args);
    /** @param {any[]} begun */
    const begin = async (...begun) => {
      const search = await strategy.begin(...begun);
      time(Object.getPrototypeOf(search), 'state', 'checkpoint');
      return search;
    };
    return { begin };
  };
  return {
    ...loaded,
    plugin: /** @type {any} */ (Object.assign({}, loaded.plugin, { create: timed })),
  };
};

const strategy = { use: 'one-shot', epochs };
const blocks = { name: 'bench-durability', space, data, strategy, tracker };
const manifest = parseManifest(JSON.stringify(blocks), 'bench.json');
const out = mkdtempSync(join(tmpdir(), 'archer-durability-'));
let startMs = 0;
let runMs = 0;
let bytes = 0;
let steps = 0;
try {
  const { records } = await run({
    ...{ manifest, lookup, out, folder: join(ROOT, 'experiments') },
    onEvent(event) {
      if (event.type === 'seed') startMs = performance.now();
      if (event.type === 'step') steps += 1;
      if (event.type === 'result') runMs = performance.now() - startMs;
    },
  });
  const [record] = records;
  if (!record?.result) throw new Error('the run did not finish');
  for (const { event, body } of record.lines) {
    count.lines += 1;
    if (event !== 'checkpoint') continue;
    count.checkpoints += 1;
    bytes = Number(/** @type {any} */ (body).bytes);
  }
  const journalBytes = statSync(join(record.folder, 'journal.jsonl')).size;
  const engine = record.fingerprint?.engine?.description ?? 'none';
  const measured = { runMs, spent, closingMs, steps, ...count, bytes, journalBytes, engine };
  console.log(JSON.stringify(measured));
} finally {
  rmSync(out, { recursive: true, force: true });
}
