import { dirname, join, resolve } from 'node:path';
import {
  ArcherError,
  checkManifest,
  EXIT,
  type Manifest,
  type PluginLookup,
  pointChanges,
  type ResolvedManifest,
  resolveManifest,
  settingPath,
  withPoint,
  withProfile,
  withSettings,
} from '@archer-nas/core';
import { dataFolder, outFolder } from './folders.ts';
import { type LauncherSettings, withLauncher } from './launcher-choice.ts';
import { readManifestFile } from './manifest-file.ts';
import { installedPlugins } from './plugin-index.ts';
import { pluginLookup } from './plugin-lookup.ts';

/** What to run, and where. */
export interface PlanOptions extends LauncherSettings {
  /** A manifest file, or a parsed manifest. */
  readonly manifest: string | Manifest;
  /** A profile of the manifest; the manifest as it is otherwise. */
  readonly profile?: string | undefined;
  /** A point of the manifest's sweep, whose results lie in a folder of its name. */
  readonly point?: string | undefined;
  /** `path=value`, see core's `withSettings`. */
  readonly settings?: readonly string[] | undefined;
  /** These seeds instead of the manifest's. */
  readonly seeds?: readonly number[] | undefined;
  /** Folder of results; `results` beside the manifest otherwise. */
  readonly out?: string | undefined;
  /** Folder of downloads and caches; `ARCHER_DATA` or `~/.cache/archer` otherwise. */
  readonly dataFolder?: string | undefined;
  /** Where plugins are found and paths resolve, for a manifest that is no file. */
  readonly folder?: string | undefined;
  /** Finds plugins elsewhere than among installed packages: for tests and embedding. */
  readonly lookup?: PluginLookup | undefined;
}

/** A manifest that is checked and ready: nothing is computed yet. */
export interface RunPlan {
  /** With profile and settings, before presets are expanded. */
  readonly manifest: Manifest;
  readonly resolved: ResolvedManifest;
  readonly profile: string | undefined;
  /** Paths that the point or settings have given other values. */
  readonly changed: readonly string[];
  readonly point: string | undefined;
  readonly seeds: readonly number[];
  readonly out: string;
  readonly lookup: PluginLookup;
  readonly folders: { readonly data: string; readonly manifest: string };
  /** Things that are not as wished and stop nothing. */
  readonly warnings: readonly string[];
}

/** Reads, merges and checks a manifest; touches nothing. @throws ArcherError with exit code 2 or 3 */
export async function planRun(options: PlanOptions): Promise<RunPlan> {
  const file = typeof options.manifest === 'string' ? resolve(options.manifest) : undefined;
  const folder = resolve(options.folder ?? (file === undefined ? '.' : dirname(file)));
  const written = readManifest(options.manifest);
  const profiled = withProfile(written, options.profile);
  const whole = { ...profiled, profiles: written.profiles };
  const { sweep: _, ...pointed } = withPoint(whole, options.point);
  const lookup = options.lookup ?? pluginLookup(installedPlugins(folder));
  const untracked = { ...withSettings(pointed, options.settings ?? []), profiles: {} };
  const launched = withLauncher(untracked, options);
  const { manifest, warnings } = await withTracker(launched, lookup);
  return {
    manifest,
    warnings,
    resolved: await resolveManifest(manifest, lookup),
    profile: options.profile,
    changed: [...pointChanges(whole, options.point), ...(options.settings ?? []).map(settingPath)],
    seeds: checkSeeds(options.seeds ?? manifest.seeds),
    point: options.point,
    out: join(outFolder(options.out, { file, name: manifest.name }), options.point ?? ''),
    lookup,
    folders: { data: dataFolder(options.dataFolder), manifest: folder },
  };
}

function readManifest(manifest: string | Manifest): Manifest {
  if (typeof manifest === 'string') return readManifestFile(manifest);
  return checkManifest(manifest, 'the manifest');
}

/** Seeds name folders and streams: what the manifest's schema asks of its own. */
function checkSeeds(seeds: readonly number[]): readonly number[] {
  const sound = seeds.every((seed) => Number.isSafeInteger(seed) && seed >= 0);
  if (sound && seeds.length > 0 && new Set(seeds).size === seeds.length) return seeds;
  throw new ArcherError('ARCHER_SEEDS', `The seeds ${JSON.stringify(seeds)} cannot be run.`, {
    hint: 'Seeds are whole numbers from 0 on, at least one, none twice.',
    exit: EXIT.usage,
  });
}

interface Tracked {
  readonly manifest: Manifest;
  readonly warnings: readonly string[];
}

/**
 * MLflow when its address is set, unless the manifest says otherwise (`tracker: null`). What
 * nobody wrote into the manifest cannot stop a run: without the plugin, or with an address
 * that is no server's, the run goes on untracked.
 */
async function withTracker(manifest: Manifest, lookup: PluginLookup): Promise<Tracked> {
  const address = process.env.MLFLOW_TRACKING_URI;
  if (manifest.tracker !== undefined || !address) return { manifest, warnings: [] };
  const untracked = (why: string): Tracked => {
    return { manifest, warnings: [`MLFLOW_TRACKING_URI is set, but ${why}; not tracked.`] };
  };
  if (!/^https?:/.test(address)) return untracked('it is not the http address of a server');
  try {
    await lookup('tracker', 'mlflow');
  } catch (error) {
    return untracked((error as Error).message);
  }
  return { manifest: { ...manifest, tracker: { use: 'mlflow' } }, warnings: [] };
}
