import {
  type Block,
  isArcherError,
  type Kind,
  type PluginLookup,
  parseManifest,
  resolveManifest,
} from '@archer-nas/core';

/** Ids of the installed plugins by kind. */
export type InstalledIds = ReadonlyMap<Kind, readonly string[]>;

/** Whether a strategy runs on a space, and with what beside it; or why not. */
export type Fit =
  | { readonly fits: true; readonly data?: string; readonly evaluator?: string }
  | { readonly fits: false; readonly reason: string };

/**
 * Finds out by resolving the smallest manifest, which is also what a run does: alone, then
 * with each installed data set, then with an evaluator as well.
 */
export async function findFit(
  strategy: string,
  space: string,
  installed: InstalledIds,
  lookup: PluginLookup,
): Promise<Fit> {
  let reason = '';
  for (const data of [undefined, ...(installed.get('data') ?? [])]) {
    for (const evaluator of [undefined, ...(installed.get('evaluator') ?? [])]) {
      const blocks = { space, strategy, data, evaluator };
      const problem = await problemOf(blocks, lookup);
      if (problem === undefined) {
        return { fits: true, ...(data && { data }), ...(evaluator && { evaluator }) };
      }
      reason = problem;
    }
  }
  return { fits: false, reason };
}

async function problemOf(
  ids: Readonly<Record<string, string | undefined>>,
  lookup: PluginLookup,
): Promise<string | undefined> {
  const blocks = Object.entries(ids).flatMap(([key, use]): [string, Block][] =>
    use === undefined ? [] : [[key, { use }]],
  );
  const text = JSON.stringify({ name: 'fit', ...Object.fromEntries(blocks) });
  try {
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
      row.set(space, await findFit(strategy, space, installed, lookup));
    }
    matrix.set(strategy, row);
  }
  return matrix;
}
