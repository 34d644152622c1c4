import { isDeepStrictEqual } from 'node:util';
import { ArcherError, EXIT } from './errors.ts';
import { invalid, ownOptions, parseOptions } from './manifest-options.ts';
import { API_VERSION, type Block, isPreset, type Kind, type Plugin } from './plugin.ts';

/** A plugin with the package that it came from. */
export interface LoadedPlugin {
  readonly plugin: Plugin;
  readonly package: string;
  readonly version: string;
}

/** Finds an installed plugin. @throws ArcherError when there is none of that kind and id */
export type PluginLookup = (kind: Kind, id: string) => Promise<LoadedPlugin>;

/** A plugin that a manifest uses, with its place. */
export interface UsedPlugin {
  readonly kind: Kind;
  readonly id: string;
  readonly package: string;
  readonly version: string;
  /** `strategy`, `strategy.paths`, `study.0.truth`, … */
  readonly place: string;
  readonly provides: readonly string[];
  readonly requires: readonly string[];
}

/** Where a block stands, and what its plugin is found with. */
export interface Place {
  readonly kind: Kind;
  readonly place: string;
  readonly lookup: PluginLookup;
  /** Receives every plugin that is found. */
  readonly used: UsedPlugin[];
}

const MAX_PRESETS = 8;

/**
 * Replaces presets by what they stand for, until a plugin that makes something is reached.
 * @throws ArcherError also where a preset would drop an option without a word
 */
export async function expand(
  where: Place,
  block: Block,
): Promise<{ loaded: LoadedPlugin; block: Block }> {
  let current = block;
  for (let i = 0; i < MAX_PRESETS; i++) {
    const loaded = await where.lookup(where.kind, current.use);
    checkApi(loaded);
    if (!isPreset(loaded.plugin)) return { loaded, block: current };
    const { use: _, ...options } = current;
    where.used.push({ ...presetEntry(loaded, where), provides: [], requires: [] });
    current = loaded.plugin.preset(parseOptions(loaded.plugin, options, where.place) as never);
    refuseLost(loaded.plugin, options, current, where.place);
  }
  throw invalid(where.place, `presets that lead to each other, starting with "${block.use}"`);
}

/** What a preset only passes on must arrive: else another search would run than was asked for. */
function refuseLost(
  preset: Plugin,
  given: Readonly<Record<string, unknown>>,
  block: Block,
  place: string,
): void {
  const own = ownOptions(preset);
  const lost = Object.keys(given).find(
    (key) => !own.includes(key) && !isDeepStrictEqual(block[key], given[key]),
  );
  if (lost === undefined) return;
  const fixed = JSON.stringify(block[lost]) ?? 'none';
  throw invalid(
    `${place}.${lost}`,
    `${JSON.stringify(given[lost])}; "${preset.id}" stands for ${fixed} there`,
    `Use "${block.use}" with all options that you want, or leave "${lost}" out.`,
  );
}

function presetEntry(loaded: LoadedPlugin, where: Place) {
  const { kind, place } = where;
  return { kind, place, id: loaded.plugin.id, package: loaded.package, version: loaded.version };
}

function checkApi({ plugin, package: name, version }: LoadedPlugin): void {
  if (plugin.apiVersion === API_VERSION) return;
  throw new ArcherError(
    'ARCHER_PLUGIN_API',
    `${name}@${version} speaks plugin API ${plugin.apiVersion}, this core speaks ${API_VERSION}.`,
    { hint: `Install versions that fit: npm ls @archer-nas/core ${name}`, exit: EXIT.manifest },
  );
}
