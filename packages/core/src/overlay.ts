import { ArcherError, EXIT } from './errors.ts';
import { isForbiddenKey, shortened } from './manifest-text.ts';

type Tree = Record<string, unknown>;

/** Characters of a name that an error shows. */
const SHOWN = 80;

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Lays a profile over a manifest: mappings merge key by key, everything else replaces.
 * A block that names another plugin (`use`) replaces the whole block, because the options
 * of the one mean nothing to the other.
 * @param where name of the overlay, for messages
 */
export function mergeBlocks(base: Tree, overlay: Tree, where: string): Tree {
  const merged: Tree = { ...base };
  for (const [key, value] of Object.entries(overlay)) {
    if (isForbiddenKey(key)) throw refused(where, key);
    const before = Object.hasOwn(base, key) ? base[key] : undefined;
    merged[key] = mergeValue(before, value, `${where}.${key}`);
  }
  return merged;
}

function mergeValue(before: unknown, value: unknown, where: string): unknown {
  if (!isTree(before) || !isTree(value)) return value;
  if (value.use !== undefined && value.use !== before.use) return value;
  return mergeBlocks(before, value, where);
}

/**
 * Sets one value in a tree, in place. Numbers in the path index lists; missing mappings
 * on the way are made.
 * @throws ArcherError when the path runs through something that is no mapping or list
 */
export function setAt(tree: Tree, path: readonly string[], value: unknown, where: string): void {
  let here: unknown = tree;
  for (const [i, key] of path.entries()) {
    if (key === '' || isForbiddenKey(key)) throw refused(where, key);
    const last = i === path.length - 1;
    if (Array.isArray(here)) here = stepList(here, key, last, value, where);
    else if (isTree(here)) here = stepTree(here, key, last, value);
    else throw refused(where, key);
  }
}

function stepTree(tree: Tree, key: string, last: boolean, value: unknown): unknown {
  if (last) tree[key] = value;
  else if (!Object.hasOwn(tree, key) || tree[key] === null) tree[key] = {};
  return tree[key];
}

/** A list entry is named by its position or, for blocks, by its plugin: `study.rank`. */
function stepList(
  list: unknown[],
  key: string,
  last: boolean,
  value: unknown,
  where: string,
): unknown {
  const index = /^\d+$/.test(key)
    ? Number(key)
    : list.findIndex((entry) => isTree(entry) && entry.use === key);
  if (index < 0 || index >= list.length) throw refused(where, key);
  if (last) list[index] = value;
  return list[index];
}

function refused(where: string, key: string): ArcherError {
  return new ArcherError(
    'ARCHER_SETTING',
    `${where}: "${shortened(key, SHOWN)}" names nothing that can be set.`,
    {
      hint: 'A path follows the manifest: strategy.epochs, data.batch, study.rank.images.',
      exit: EXIT.usage,
    },
  );
}
