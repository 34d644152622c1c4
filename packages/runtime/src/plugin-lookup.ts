import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  API_VERSION,
  ArcherError,
  EXIT,
  isPlugin,
  type Kind,
  type LoadedPlugin,
  type Maker,
  type Plugin,
  type PluginLookup,
  type Preset,
  suggestion,
} from '@archer-nas/core';
import semver from 'semver';
import { coreVersion } from './core-version.ts';
import { watchIntrinsics } from './intrinsics.ts';
import { codeVersion } from './own-code.ts';
import { idsOf, type PluginIndex, type PluginPackage } from './plugin-index.ts';

/**
 * Finds plugins of the index by kind and id, and imports their packages when they are first
 * asked for.
 * @throws ArcherError (exit code 3) when there is none, when two packages have it, when the
 * package does not export what it lists, replaces built-in functions, or needs another core
 */
export function pluginLookup(index: PluginIndex): PluginLookup {
  const loaded = new Map<string, Promise<LoadedPlugin>>();
  return (kind, id) => {
    const key = `${kind}:${id}`;
    const known = loaded.get(key) ?? load(index, kind, id);
    loaded.set(key, known);
    return known;
  };
}

async function load(index: PluginIndex, kind: Kind, id: string): Promise<LoadedPlugin> {
  const [entry, ...others] = index.get(`${kind}:${id}`) ?? [];
  if (entry === undefined) throw unknownPlugin(index, kind, id);
  if (others.length > 0) throw ambiguous(`${kind}:${id}`, [entry, ...others]);
  checkCoreRange(entry);
  const plugin = await importPlugin(entry, kind, id);
  if (plugin.apiVersion !== API_VERSION) {
    throw refused(
      entry,
      `speaks plugin API ${plugin.apiVersion}, this core speaks ${API_VERSION}`,
      `npm ls @archer-nas/core ${entry.name} shows the versions; install ones that fit.`,
    );
  }
  checkWhole(entry, plugin);
  return { plugin, package: entry.name, version: codeVersion(entry) };
}

function checkCoreRange(entry: PluginPackage): void {
  const running = coreVersion();
  const { coreRange } = entry;
  if (coreRange === undefined || fitsRange(running, coreRange)) return;
  throw refused(
    entry,
    `needs @archer-nas/core ${coreRange}, but ${running} is running`,
    `npm i ${entry.name}@latest @archer-nas/core@latest`,
  );
}

function fitsRange(version: string, range: string): boolean {
  if (range.startsWith('workspace:')) return true;
  return semver.satisfies(version, range, { includePrerelease: true });
}

async function importPlugin(entry: PluginPackage, kind: Kind, id: string): Promise<Plugin> {
  const module = await importPackage(entry);
  const exported = [module.default].flat();
  const found = exported.find(
    (value): value is Plugin => isPlugin(value) && value.kind === kind && value.id === id,
  );
  if (found !== undefined) return found;
  const has = exported.filter(isPlugin).map((plugin) => `${plugin.kind}:${plugin.id}`);
  throw refused(
    entry,
    `lists ${kind}:${id} but does not export it (its default export has ${has.join(', ') || 'no plugin'})`,
    'The default export is a plugin, or an array of plugins, made by definePlugin.',
  );
}

/** That a plugin has what every plugin has, before anything of it is called. */
function checkWhole(entry: PluginPackage, plugin: Plugin): void {
  const { kind, id, options, create, preset } = plugin as Partial<Maker & Preset> & Plugin;
  const isWhole = typeof options?.safeParse === 'function';
  if (isWhole && [create, preset].some((make) => typeof make === 'function')) return;
  throw refused(entry, `exports an unfinished ${kind}:${id}`, 'definePlugin makes whole ones.');
}

async function importPackage(entry: PluginPackage): Promise<{ readonly default?: unknown }> {
  const replaced = watchIntrinsics();
  let module: { readonly default?: unknown };
  try {
    module = await import(pathToFileURL(entryFile(entry)).href);
  } catch (cause) {
    replaced();
    const message = cause instanceof Error ? cause.message : String(cause);
    throw refused(entry, `cannot be imported: ${message}`, `npm i ${entry.name}`, cause);
  }
  const names = replaced();
  if (names.length === 0) return module;
  throw refused(
    entry,
    `replaces ${names.join(', ')} when it is imported`,
    'Results would depend on it. It was put back; tell the authors of the package.',
  );
}

/** The file that `import '<package>'` would load, also for packages without `require`. */
function entryFile({ folder, name }: PluginPackage): string {
  const require = createRequire(join(dirname(folder), 'from-here.js'));
  try {
    return require.resolve(name);
  } catch (error) {
    const target = importTarget(folder);
    if (target === undefined) throw error;
    return join(folder, target);
  }
}

function importTarget(folder: string): string | undefined {
  const text = readFileSync(join(folder, 'package.json'), 'utf8');
  const { exports: map } = JSON.parse(text) as { readonly exports?: unknown };
  const root = (map as Record<string, unknown> | undefined)?.['.'] ?? map;
  const target = (root as Record<string, unknown> | undefined)?.import;
  const file = typeof target === 'string' ? target : (target as { default?: unknown })?.default;
  return typeof file === 'string' ? file : undefined;
}

function unknownPlugin(index: PluginIndex, kind: Kind, id: string): ArcherError {
  const did = suggestion(id, idsOf(index, kind));
  return new ArcherError('ARCHER_PLUGIN_UNKNOWN', `There is no installed ${kind} plugin "${id}".`, {
    hint: `${did} Plugins are packages: npm i <package with ${kind}:${id}>.`,
    exit: EXIT.manifest,
  });
}

function ambiguous(key: string, packages: readonly PluginPackage[]): ArcherError {
  const places = packages.map(({ name, version, folder }) => `  ${name}@${version} in ${folder}`);
  return new ArcherError(
    'ARCHER_PLUGIN_AMBIGUOUS',
    `${packages.length} packages have the plugin ${key}:\n${places.join('\n')}`,
    { hint: 'Uninstall all but one.', exit: EXIT.manifest },
  );
}

function refused(entry: PluginPackage, why: string, hint: string, cause?: unknown): ArcherError {
  return new ArcherError('ARCHER_PLUGIN_REFUSED', `${entry.name}@${entry.version} ${why}.`, {
    hint,
    exit: EXIT.manifest,
    cause,
  });
}
