// biome-ignore-all lint/suspicious/noExplicitAny: the space's architecture type is known only at run time
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  type Block,
  buildSpace,
  type Manifest,
  type PluginLookup,
  type SearchSpace,
} from '@archer-nas/core';
import { onDisk } from './disk-error.ts';
import { isThere } from './durable.ts';
import { runFolder } from './folders.ts';
import { readOwnJson } from './own-json.ts';
import { installedPlugins } from './plugin-index.ts';
import type { RunRecord } from './read-run.ts';
import { originOf, type RunOrigin } from './resume.ts';
import { type PlanOptions, planRun, type RunPlan } from './run-plan.ts';

/** The space of a plan; creates nothing else: no engine, no data, no strategy. */
export function buildPlannedSpace({ resolved, lookup, folders }: RunPlan) {
  return buildSpace(resolved, { lookup, folders, log: () => {} });
}

/** The space of a manifest, and its block with all defaults. @throws ArcherError where it is wrong */
export async function spaceOfManifest(
  options: PlanOptions,
): Promise<{ readonly space: SearchSpace<any>; readonly block: Block }> {
  const plan = await planRun(options);
  return { space: await buildPlannedSpace(plan), block: plan.resolved.manifest.space };
}

/**
 * The space of a run, from the plugins that are installed where its manifest lies.
 * @throws ArcherError when it is no run, or a plugin is not installed or does not fit
 */
export async function spaceOfRun(
  folder: string,
  { lookup }: { readonly lookup?: PluginLookup | undefined } = {},
): Promise<SearchSpace<any>> {
  return buildPlannedSpace(await planRun({ ...knownOrigin(folder), lookup }));
}

/**
 * A document of each package whose plugins a run used, by the package's name: of the version
 * that is installed where its manifest lies. Packages without the document are left out.
 *
 * @param name like `DEVIATIONS.md`
 */
export function pluginDocuments(
  { folder, fingerprint }: Pick<RunRecord, 'folder' | 'fingerprint'>,
  name: string,
): ReadonlyMap<string, string> {
  const used = Object.values(fingerprint?.plugins ?? {}).map((one) => one.replace(/@[^@]*$/, ''));
  const index = installedPlugins(knownOrigin(folder).folder);
  const folders = new Map([...index.values()].flat().map((entry) => [entry.name, entry.folder]));
  const found = new Map<string, string>();
  for (const plugin of new Set(used)) {
    const inside = folders.get(plugin);
    const file = inside === undefined ? undefined : join(inside, name);
    if (file === undefined || !isThere(file)) continue;
    found.set(
      plugin,
      onDisk(file, () => readFileSync(file, 'utf8')),
    );
  }
  return found;
}

/** Of a run whose journal was not kept, its manifest, as if it lay in the run's folder. */
function knownOrigin(folder: string): Pick<RunOrigin, 'manifest' | 'folder'> {
  const root = resolve(folder);
  const { journal, manifest } = runFolder(root);
  if (isThere(journal) || !isThere(manifest)) return originOf(root);
  const kept = readOwnJson(manifest, ['name', 'space', 'strategy']) as unknown as Manifest;
  return { manifest: { ...kept, profiles: {} }, folder: root };
}
