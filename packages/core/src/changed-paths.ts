import { isDeepStrictEqual } from 'node:util';

type Tree = Readonly<Record<string, unknown>>;

/**
 * The paths of what differs between two trees, as `--set` names them: `strategy.epochs`,
 * `study.0.batches`. A block of another plugin, and a list of another length, is one change.
 */
export function changedPaths(before: unknown, now: unknown): readonly string[] {
  return pathsIn(before, now).map((path) => path.join('.'));
}

function pathsIn(before: unknown, now: unknown): readonly (readonly string[])[] {
  if (isDeepStrictEqual(before, now)) return [];
  if (!isTree(before) || !isTree(now) || !areAlike(before, now)) return [[]];
  const keys = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...keys].flatMap((key) =>
    pathsIn(before[key], now[key]).map((path) => [key, ...path] as const),
  );
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null;
}

/** Lists of one length, or mappings that are no blocks of different plugins. */
function areAlike(before: Tree, now: Tree): boolean {
  if (!Array.isArray(before) || !Array.isArray(now)) {
    return Array.isArray(before) === Array.isArray(now) && before.use === now.use;
  }
  return before.length === now.length;
}
