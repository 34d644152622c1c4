// biome-ignore-all lint/suspicious/noExplicitAny: a space's architecture type is known only at run time
import {
  type Benchmark,
  type Block,
  buildSpace,
  createStreams,
  isArcherError,
  isPreset,
  type PluginLookup,
  parseManifest,
  resolveManifest,
  type SearchSpace,
} from '@archer-nas/core';
import { type Blocks, problemOf } from './compatibility.ts';
import type { Installed } from './installed.ts';

const NOWHERE = { folders: { data: '', manifest: '' }, log: (): void => {} };

/** Made-up values of a table that nobody need fetch first. */
const REHEARSAL = { values: 'made-up' };

/**
 * An evaluator that looks the space's architectures up: it answers at once where training takes
 * hours. Of a column that a search may read; undefined where no table has one.
 */
export async function rehearsalTable(
  { data: _, ...blocks }: Blocks,
  { ids, lookup }: Installed,
): Promise<Block | undefined> {
  for (const use of ids.get('benchmark') ?? []) {
    const benchmark = { use, ...REHEARSAL };
    const evaluator = { use: 'table', benchmark };
    if ((await problemOf({ ...blocks, evaluator }, lookup)) !== undefined) continue;
    const column = await validColumn(
      benchmark,
      await spaceOf({ ...blocks, evaluator }, lookup),
      lookup,
    );
    if (column !== undefined) return { ...evaluator, benchmark: { use, column, ...REHEARSAL } };
  }
  return undefined;
}

/** An architecture of a manifest's space, as the space writes it. */
export async function anyArchitecture(blocks: Blocks, lookup: PluginLookup): Promise<string> {
  const space = await spaceOf(blocks, lookup);
  return space.format(space.sample(createStreams(0).stream('first')));
}

async function spaceOf(blocks: Blocks, lookup: PluginLookup): Promise<SearchSpace<any>> {
  const manifest = parseManifest(JSON.stringify({ name: 'first', ...blocks }), 'first');
  return buildSpace(await resolveManifest(manifest, lookup), { lookup, ...NOWHERE });
}

async function validColumn(
  { use, ...options }: Block,
  space: SearchSpace<any>,
  lookup: PluginLookup,
): Promise<string | undefined> {
  const { plugin } = await lookup('benchmark', use);
  if (isPreset(plugin)) return undefined;
  try {
    const context = { space, purpose: 'study', ...NOWHERE } as never;
    const table = (await plugin.create(plugin.options.parse(options), context)) as Benchmark<any>;
    return table.columns.find(({ split }) => split === 'valid')?.name;
  } catch (error) {
    if (isArcherError(error)) return undefined; // no values can be made up for it
    throw error;
  }
}
