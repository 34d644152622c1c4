// biome-ignore-all lint/suspicious/noExplicitAny: architecture types meet in the manifest
import {
  ArcherError,
  type Block,
  buildRun,
  type Created,
  definePlugin,
  type Kind,
  type Plugin,
  type PluginLookup,
  type ResolvedManifest,
  type RunParts,
  resolveManifest,
  type Strategy,
} from '@archer-nas/core';
import { z } from 'zod';
import type { Row } from './row.ts';
import toys from './toys.ts';

/** The part of a row's manifest that a run is made of. */
export type Blocks = Omit<Row, 'package' | 'variant'>;

const HOLDER = 'kit-holder';

/** The parts of a row's manifest, made as in a run. */
export async function createParts(blocks: Blocks): Promise<RunParts> {
  const folders = { data: 'no-such-folder', manifest: 'no-such-folder' };
  return buildRun(await resolveBlocks(blocks), {
    lookup: lookupAmong(everything(blocks)),
    engine: blocks.engine,
    folders,
    log: () => {},
  });
}

/** The row's manifest, resolved as for a run. */
export function resolveBlocks({
  plugins,
  engine: _,
  seed = 0,
  space = { use: 'toy-bits', bits: 6 },
  strategy = { use: HOLDER },
  study = [],
  ...blocks
}: Blocks): Promise<ResolvedManifest> {
  const rest = { seeds: [seed], study, profiles: {}, expect: [] };
  const manifest = { name: 'kit', ...rest, ...blocks, space, strategy };
  return resolveManifest(manifest as never, lookupAmong(everything({ plugins })));
}

/**
 * Blocks in which a strategy that does nothing holds one part of the given kind, and provides what
 * the part requires besides blocks.
 */
export function holding(kind: Kind, part: Block, blocks: Blocks): Blocks {
  const strategy = { use: HOLDER, part };
  const held = blocks.plugins.find((plugin) => plugin.kind === kind && plugin.id === part.use);
  const requires: readonly string[] = (held && 'requires' in held && held.requires) || [];
  const provides = requires.filter((need) => need.includes(':'));
  return { ...blocks, strategy, plugins: [holderOf(kind, provides), ...blocks.plugins] };
}

/** What a plugin of any kind makes, as a part of a search. */
export async function createPart<K extends Kind>(
  kind: K,
  part: Block,
  blocks: Blocks,
): Promise<{ part: Created[K]; parts: RunParts }> {
  const parts = await createParts(holding(kind, part, blocks));
  return { parts, part: (parts.strategy as Strategy<any> & { part: Created[K] }).part };
}

/** Finds plugins in a list instead of among installed packages. */
export function lookupAmong(plugins: readonly Plugin<any, any>[]): PluginLookup {
  return async (kind, id) => {
    const plugin = plugins.find((candidate) => candidate.kind === kind && candidate.id === id);
    if (plugin) return { plugin: plugin as unknown as Plugin, package: id, version: '0.0.0' };
    const names = plugins.map((other) => `${other.kind}:${other.id}`).join(', ');
    throw new ArcherError('ARCHER_NO_PLUGIN', `no plugin ${kind}:${id} among ${names}`);
  };
}

/** A row's own plugins, then the kit's. */
export function everything({ plugins }: Pick<Blocks, 'plugins'>): readonly Plugin<any, any>[] {
  return [...plugins, ...toys, holderOf(undefined)];
}

/** A strategy that only holds its part. */
function holderOf(kind: Kind | undefined, provides: readonly string[] = []): Plugin<any, any> {
  return definePlugin({
    id: HOLDER,
    kind: 'strategy',
    summary: 'Holds one part, for the kit.',
    options: z.strictObject({}),
    provides,
    ...(kind === undefined ? {} : { parts: { part: { kind } } }),
    create: (_, { parts }) => ({
      part: parts.part,
      begin: async () => {
        throw new TypeError('the kit only holds this part');
      },
    }),
  });
}
