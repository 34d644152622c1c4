import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Kind } from '@archer-nas/core';

/** A package that says in its package.json that it has plugins. Nothing of it has run. */
export interface PluginPackage {
  readonly name: string;
  readonly version: string;
  /** The package's folder inside `node_modules`. */
  readonly folder: string;
  /** `<kind>:<id>`, as listed. */
  readonly plugins: readonly string[];
  /** Versions of core that it works with. */
  readonly coreRange: string | undefined;
}

/** The installed plugins by `<kind>:<id>`; more than one package is an error on use. */
export type PluginIndex = ReadonlyMap<string, readonly PluginPackage[]>;

const SCOPE = '@archer-nas';
const PREFIX = 'archer-plugin-';

/**
 * Lists the plugins installed for a manifest in `folder`: in each `node_modules` from there
 * upwards, then in those above this package. Only packages named `@archer-nas/*`,
 * `archer-plugin-*` and `@<scope>/archer-plugin-*` are looked at, and none is imported. Of
 * two copies of a package the nearer one counts.
 */
export function installedPlugins(folder: string): PluginIndex {
  const packages = new Map<string, PluginPackage>();
  for (const modules of moduleFolders(folder)) {
    for (const name of candidates(modules)) {
      if (packages.has(name)) continue;
      const found = readPackage(join(modules, name), name);
      if (found !== undefined) packages.set(name, found);
    }
  }
  return indexOf([...packages.values()]);
}

/** The index of given packages. */
export function indexOf(packages: readonly PluginPackage[]): PluginIndex {
  const index = new Map<string, PluginPackage[]>();
  for (const entry of packages) {
    for (const plugin of entry.plugins) {
      index.set(plugin, [...(index.get(plugin) ?? []), entry]);
    }
  }
  return index;
}

/** The ids of a kind, sorted. */
export function idsOf(index: PluginIndex, kind: Kind): string[] {
  const ids = [...index.keys()].filter((key) => key.startsWith(`${kind}:`));
  return ids.map((key) => key.slice(kind.length + 1)).sort();
}

function moduleFolders(folder: string): string[] {
  const starts = [resolve(folder), dirname(fileURLToPath(import.meta.url))];
  const found = starts.flatMap(ancestors).map((ancestor) => join(ancestor, 'node_modules'));
  return [...new Set(found)].filter((modules) => existsSync(modules));
}

function ancestors(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...ancestors(parent)];
}

function candidates(modules: string): string[] {
  return namesIn(modules).flatMap((name) => {
    if (!name.startsWith('@')) return name.startsWith(PREFIX) ? [name] : [];
    return namesIn(join(modules, name))
      .filter((inner) => name === SCOPE || inner.startsWith(PREFIX))
      .map((inner) => `${name}/${inner}`);
  });
}

/** What is in a folder, sorted; nothing where there is no folder. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return []; // no folder, or not ours to read
  }
}

function readPackage(folder: string, name: string): PluginPackage | undefined {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return undefined;
  const manifest = parse(file);
  const listed: unknown = manifest?.archer?.plugins;
  if (!Array.isArray(listed) || typeof manifest?.version !== 'string') return undefined;
  const plugins = listed.filter((entry): entry is string => typeof entry === 'string');
  const coreRange: unknown = manifest.peerDependencies?.['@archer-nas/core'];
  const range = coreRange === undefined ? undefined : String(coreRange);
  return { name, version: manifest.version, folder, plugins, coreRange: range };
}

/** What of a package.json is read here. */
interface PackageJson {
  readonly version?: unknown;
  readonly archer?: { readonly plugins?: unknown };
  readonly peerDependencies?: Readonly<Record<string, unknown>>;
}

function parse(file: string): PackageJson | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as PackageJson;
  } catch {
    // A broken package.json of somebody else's package must not stop every run.
    return undefined;
  }
}
