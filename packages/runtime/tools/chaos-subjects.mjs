// @ts-check
// What `chaos` kills: small runs of everything that is installed and runs on made-up data.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isPreset } from '@archer-nas/core';
import { runnerImport } from 'vite';

const REPOSITORY = resolve(import.meta.dirname, '../../..');

/**
 * What is run, and killed: the first of its manifests that runs by itself.
 * @typedef {{ id: string, manifests: () => AsyncIterable<string>, profile?: string }} Subject
 */
/** @typedef {Readonly<Record<string, any>>} Blocks the keys of a manifest */

/** How a part of each kind gets into a strategy: one that has no such option does not resolve. */
const COMPOSED = /** @type {const} */ ({
  modifier: (/** @type {string} */ use) => ({ with: [{ use }] }),
  relaxation: (/** @type {string} */ use) => ({ relaxation: { use } }),
  sampler: (/** @type {string} */ use) => ({ sampler: { use } }),
  paths: (/** @type {string} */ use) => ({ paths: { use } }),
  order: (/** @type {string} */ use) => ({ order: { use } }),
});

/**
 * Enough steps that several kills find some, and small ones: those that a strategy has among its
 * options.
 */
const STEPS = { perStep: 1, evaluations: 24, times: 8, rounds: 24 };
const MORE_DATA = { train: 320 };

/** A strategy of the testkit, in the smallest steps. */
const TOY = {
  space: { use: 'toy-bits', bits: 10 },
  evaluator: { use: 'toy-ones', noise: 0.5 },
  strategy: { use: 'toy-climb', rounds: 60, stepMs: 15 },
};

/**
 * Every strategy and every part that strategies are composed of, found among the installed
 * packages, then the smoke profiles of the experiments, which have studies.
 * @param {string} folder where manifests are written
 * @returns {Promise<Subject[]>}
 */
export async function findSubjects(folder) {
  mkdirSync(folder, { recursive: true });
  const toy = { id: 'toy', candidates: () => [TOY] };
  const made = [...(await installedSubjects()), toy].map(({ id, candidates }) => ({
    id,
    async *manifests() {
      let count = 0;
      for await (const blocks of candidates()) {
        const manifest = join(folder, `${id}-${count++}.json`);
        writeFileSync(manifest, JSON.stringify({ name: id, ...blocks }));
        yield manifest;
      }
    },
  }));
  const experiments = join(REPOSITORY, 'experiments');
  const written = readdirSync(experiments)
    .map((id) => ({ id, manifest: join(experiments, id, 'manifest.yaml') }))
    .filter(({ manifest }) => existsSync(manifest))
    .map(({ id, manifest }) => ({ id, manifests: () => only(manifest), profile: 'smoke' }));
  return [...made, ...written];
}

/** @template T @param {T} value */
async function* only(value) {
  yield value;
}

/** @returns {Promise<{ id: string, candidates: () => AsyncIterable<Blocks> | Blocks[] }[]>} */
async function installedSubjects() {
  const cli = await commandLine();
  const { ids, lookup } = cli.installed;
  // What fits together takes long to find out, and not all of it is wanted.
  /** @type {Map<string, Promise<Blocks[]>>} */
  const known = new Map();
  /** A strategy on each space that it runs on. @param {string} strategy */
  const onSpaces = (strategy) => {
    const found = known.get(strategy) ?? cli.fitting(strategy);
    known.set(strategy, found);
    return found;
  };
  /**
   * @param {readonly string[]} strategies @param {(use: string) => object} option
   * @param {string} id of the part
   */
  async function* composed(strategies, option, id) {
    for (const strategy of strategies) {
      for (const blocks of await onSpaces(strategy)) {
        const candidate = { ...blocks, strategy: { ...blocks.strategy, ...option(id) } };
        if (await cli.resolves(candidate)) yield candidate;
      }
    }
  }
  /** @type {readonly string[]} */
  const strategies = ids.get('strategy') ?? [];
  const plugins = await Promise.all(strategies.map((id) => lookup('strategy', id)));
  // A preset may put parts of its own in the place of those that it is given.
  const whole = strategies.filter((_, i) => !isPreset(plugins[i].plugin));
  const parts = Object.entries(COMPOSED).flatMap(([kind, option]) =>
    (ids.get(kind) ?? []).map((/** @type {string} */ id) => ({
      id: `${kind}-${id}`,
      candidates: () => composed(whole, option, id),
    })),
  );
  const alone = strategies.map((id) => ({
    id: `strategy-${id}`,
    candidates: () => composed([id], () => ({}), id),
  }));
  return [...alone, ...parts];
}

/** The command line's own search for what fits together; its package exports only the command. */
async function commandLine() {
  const load = (/** @type {string} */ name) => import(join(REPOSITORY, 'packages/cli/dist', name));
  const { loadInstalled } = await load('installed.js');
  const { findFit, problemOf } = await load('compatibility.js');
  const { module } = await runnerImport(join(REPOSITORY, 'packages/cli/test/tiny.ts'));
  const { tinyBlocks } = /** @type {any} */ (module);
  const installed = await loadInstalled(join(REPOSITORY, 'experiments'));
  const { ids, lookup } = installed;
  /** @param {Blocks} blocks @returns {Promise<boolean>} */
  const resolves = async (blocks) => (await problemOf(blocks, lookup)) === undefined;
  /** @param {string} strategy @returns {Promise<Blocks[]>} */
  const fitting = async (strategy) => {
    const found = [];
    for (const space of ids.get('space') ?? []) {
      const { fits, data, evaluator } = await findFit({ strategy, space }, ids, lookup);
      if (!fits) continue;
      found.push(await withSteps(tinyBlocks({ strategy, space, data, evaluator }), resolves));
    }
    return found;
  };
  return { installed, resolves, fitting };
}

/** @param {Blocks} blocks @param {(blocks: Blocks) => Promise<boolean>} resolves */
async function withSteps({ data, ...rest }, resolves) {
  let blocks = data === undefined ? rest : { ...rest, data: { ...data, ...MORE_DATA } };
  for (const [option, value] of Object.entries(STEPS)) {
    const stepped = { ...blocks, strategy: { ...blocks.strategy, [option]: value } };
    if (await resolves(stepped)) blocks = stepped;
  }
  return blocks;
}
