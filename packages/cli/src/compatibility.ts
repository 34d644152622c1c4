import {
  type Block,
  isArcherError,
  isPreset,
  type Kind,
  type PluginLookup,
  parseManifest,
  resolveManifest,
} from '@archer-nas/core';

/** The ids of the installed plugins by kind; of data, those that need no files first. */
export type InstalledIds = ReadonlyMap<Kind, readonly string[]>;

/** What a manifest consists of, by its keys. */
export type Blocks = Readonly<{
  space: Block;
  strategy: Block;
  data?: Block;
  evaluator?: Block;
  study?: readonly Readonly<Record<string, object>>[];
}>;

/** Whether a strategy runs on a space, and with what beside it; or why not. */
export type Fit =
  | { readonly fits: true; readonly data?: string; readonly evaluator?: string }
  | { readonly fits: false; readonly reason: string };

/** What is to fit together; `data` where only that data set will do. */
export interface Wanted {
  readonly strategy: string;
  readonly space: string;
  readonly data?: string | undefined;
}

/**
 * Finds out by resolving the smallest manifest, which is also what a run does: alone, then with
 * each evaluator, those that look at data before those that only know costs, and each of these
 * with each installed data set.
 */
export async function findFit(
  { strategy, space, data: given }: Wanted,
  installed: InstalledIds,
  lookup: PluginLookup,
): Promise<Fit> {
  let reason: string | undefined;
  const sets = given === undefined ? [undefined, ...(installed.get('data') ?? [])] : [given];
  const evaluators = await dataFirst(installed.get('evaluator') ?? [], lookup);
  for (const evaluator of [undefined, ...evaluators]) {
    for (const data of sets) {
      const blocks = {
        ...{ space: { use: space }, strategy: { use: strategy } },
        ...(data && { data: { use: data } }),
        ...(evaluator && { evaluator: { use: evaluator } }),
      };
      const problem = await problemOf(blocks, lookup);
      if (problem === undefined) {
        return { fits: true, ...(data && { data }), ...(evaluator && { evaluator }) };
      }
      reason ??= problem;
    }
  }
  return { fits: false, reason: reason ?? 'nothing was tried' };
}

/** Evaluators that require data, then the others; in either group in the order given. */
async function dataFirst(ids: readonly string[], lookup: PluginLookup): Promise<string[]> {
  const needs = await Promise.all(
    ids.map(async (id) => {
      const { plugin } = await lookup('evaluator', id);
      return !isPreset(plugin) && (plugin.requires ?? []).includes('data');
    }),
  );
  return [true, false].flatMap((wanted) => ids.filter((_, at) => needs[at] === wanted));
}

/** Why blocks do not make a manifest; `undefined` when they do. */
export async function problemOf(blocks: Blocks, lookup: PluginLookup): Promise<string | undefined> {
  try {
    const text = JSON.stringify({ name: 'fit', ...blocks });
    await resolveManifest(parseManifest(text, 'fit'), lookup);
    return undefined;
  } catch (error) {
    if (isArcherError(error)) return error.message;
    throw error;
  }
}

/** All strategies on all spaces. */
export async function fitMatrix(
  installed: InstalledIds,
  lookup: PluginLookup,
): Promise<ReadonlyMap<string, ReadonlyMap<string, Fit>>> {
  const matrix = new Map<string, Map<string, Fit>>();
  for (const strategy of installed.get('strategy') ?? []) {
    const row = new Map<string, Fit>();
    for (const space of installed.get('space') ?? []) {
      row.set(space, await findFit({ strategy, space }, installed, lookup));
    }
    matrix.set(strategy, row);
  }
  return matrix;
}
