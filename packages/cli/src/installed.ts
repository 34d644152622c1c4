import {
  ArcherError,
  EXIT,
  isArcherError,
  isPreset,
  type Kind,
  type Plugin,
  type PluginLookup,
  suggestion,
} from '@archer-nas/core';
import { installedPlugins, pluginLookup } from '@archer-nas/runtime';
import type { InstalledIds } from './compatibility.ts';

/** A plugin as `archer list` shows it. */
export interface InstalledPlugin {
  readonly kind: Kind;
  readonly id: string;
  readonly package: string;
  readonly version: string;
  readonly summary: string;
}

/** The plugins that a manifest in some folder could use, imported. */
export interface Installed {
  readonly entries: readonly InstalledPlugin[];
  readonly plugins: readonly Plugin[];
  readonly ids: InstalledIds;
  readonly lookup: PluginLookup;
  /** Why plugins that are listed by their packages cannot be used. */
  readonly problems: readonly ArcherError[];
}

/** Those of the testing kit, which are installed only beside its users' tests. */
const isToy = (id: string): boolean => id.startsWith('toy-');

/** Imports every installed plugin, sorted by kind and id. */
export async function loadInstalled(folder: string): Promise<Installed> {
  const index = installedPlugins(folder);
  const lookup = pluginLookup(index);
  const entries: InstalledPlugin[] = [];
  const plugins: Plugin[] = [];
  const ids = new Map<Kind, string[]>();
  const problems: ArcherError[] = [];
  for (const key of [...index.keys()].sort()) {
    const [kind, id] = key.split(':') as [Kind, string];
    if (isToy(id)) continue;
    const loaded = await loadOne(lookup, kind, id);
    if (isArcherError(loaded)) {
      problems.push(loaded);
      continue;
    }
    const { plugin, package: name, version } = loaded;
    entries.push({ kind, id, package: name, version, summary: plugin.summary });
    plugins.push(plugin);
    ids.set(kind, [...(ids.get(kind) ?? []), id]);
  }
  const offline = plugins.filter(isMadeUp).map(({ id }) => id);
  const others = (ids.get('data') ?? []).filter((id) => !offline.includes(id));
  return { entries, plugins, ids: ids.set('data', [...offline, ...others]), lookup, problems };
}

/** An id that is installed. @throws ArcherError `ARCHER_NO_PLUGIN` with the nearest names */
export function knownId(ids: InstalledIds, kind: Kind, id: string): string {
  const known = ids.get(kind) ?? [];
  if (known.includes(id)) return id;
  throw new ArcherError('ARCHER_NO_PLUGIN', `No ${kind} "${id}" is installed.`, {
    hint: suggestion(id, known),
    exit: EXIT.usage,
  });
}

/** One package that cannot be used must not hide all others. */
async function loadOne(lookup: PluginLookup, kind: Kind, id: string) {
  try {
    return await lookup(kind, id);
  } catch (error) {
    if (isArcherError(error)) return error;
    throw error;
  }
}

/** Data that are made on the spot: nothing is fetched, no folder is named. */
function isMadeUp(plugin: Plugin): boolean {
  return plugin.kind === 'data' && !isPreset(plugin) && !!plugin.provides?.includes('data:made-up');
}
