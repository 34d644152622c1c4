import { z } from 'zod';
import { ArcherError, EXIT } from './errors.ts';
import { invalid, parseOptions } from './manifest-options.ts';
import type { Manifest } from './manifest-schema.ts';
import type { Block, Kind, Maker, PartSlot } from './plugin.ts';
import { expand, type Place, type PluginLookup, type UsedPlugin } from './presets.ts';

/** A manifest whose presets are expanded, options checked and defaults filled in. */
export interface ResolvedManifest {
  readonly manifest: Manifest;
  readonly plugins: readonly UsedPlugin[];
  /** Whether some plugin computes with tensors. */
  readonly needsEngine: boolean;
}

/** What a named block may be called: it becomes part of metric names. */
const NAME = /^[\w-]+$/;
/** Keys of a study's block that the manifest itself gives a meaning: no plugin's options. */
export const STUDY_BLOCK_KEYS: readonly string[] = ['permit'];

/**
 * Checks a manifest against the installed plugins, before anything is computed: presets
 * expand, options are parsed, and everything that is required must be provided.
 * @throws ArcherError naming the place, what was given and what was expected
 */
export async function resolveManifest(
  manifest: Manifest,
  lookup: PluginLookup,
): Promise<ResolvedManifest> {
  const used: UsedPlugin[] = [];
  const at = (kind: Kind, block: Block, place: string) =>
    resolveBlock({ kind, place, lookup, used }, block);
  const maybe = (kind: Kind, block: Block | undefined, place: string) =>
    block === undefined ? undefined : at(kind, block, place);

  const resolved: Manifest = {
    ...manifest,
    space: await at('space', manifest.space, 'space'),
    data: await maybe('data', manifest.data, 'data'),
    evaluator: await maybe('evaluator', manifest.evaluator, 'evaluator'),
    objective: await maybe('objective', manifest.objective, 'objective'),
    strategy: await at('strategy', manifest.strategy, 'strategy'),
    study: await inOrder(manifest.study, (block, i) => resolveStudy(block, i, at)),
    tracker: manifest.tracker && (await at('tracker', manifest.tracker, 'tracker')),
    launcher: manifest.launcher && (await at('launcher', manifest.launcher, 'launcher')),
  };
  matchCapabilities(resolved, used);
  return {
    manifest: resolved,
    plugins: used,
    needsEngine: used.some(({ requires }) => requires.includes('engine')),
  };
}

/** One block outside of a manifest, with presets expanded and options checked. */
export function resolveAlone(kind: Kind, block: Block, lookup: PluginLookup): Promise<Block> {
  return resolveBlock({ kind, place: kind, lookup, used: [] }, block);
}

async function resolveStudy(
  block: Block,
  index: number,
  at: (kind: Kind, block: Block, place: string) => Promise<Block>,
): Promise<Block> {
  const { permit, ...rest } = block;
  if (permit !== undefined && permit !== 'test-split') {
    throw invalid(`study.${index}.permit`, `"${String(permit)}"; the only permit is "test-split"`);
  }
  const resolved = await at('study', rest as Block, `study.${index}`);
  return permit === undefined ? resolved : { ...resolved, permit };
}

async function resolveBlock(where: Place, block: Block): Promise<Block> {
  const { loaded, block: expanded } = await expand(where, block);
  const maker = loaded.plugin as Maker;
  const { parts, options } = splitParts(maker, expanded);
  const parsed = parseOptions(maker, options, where.place);
  where.used.push({
    kind: where.kind,
    id: maker.id,
    package: loaded.package,
    version: loaded.version,
    place: where.place,
    provides: maker.provides ?? [],
    requires: maker.requires ?? [],
  });
  const inner = await resolveParts(where, maker, parts);
  return { use: maker.id, ...(parsed as object), ...inner };
}

function splitParts(maker: Maker, block: Block) {
  const parts: Record<string, unknown> = {};
  const options: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(block)) {
    if (key === 'use') continue;
    if (maker.parts !== undefined && Object.hasOwn(maker.parts, key)) parts[key] = value;
    else options[key] = value;
  }
  return { parts, options };
}

async function resolveParts(
  where: Place,
  maker: Maker,
  given: Readonly<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  const resolved: Record<string, unknown> = {};
  for (const [name, slot] of Object.entries(maker.parts ?? {})) {
    const place = `${where.place}.${name}`;
    const value = given[name] ?? slot.default;
    if (value === undefined || value === null) {
      if (!slot.optional) throw invalid(place, `nothing; "${maker.id}" needs ${describe(slot)}`);
    } else if (slot.many) {
      if (!Array.isArray(value))
        throw invalid(place, `no list; expected a list of ${describe(slot)}`);
      resolved[name] = await inOrder(value, (entry, i) =>
        resolvePart(where, slot, entry, `${place}.${i}`),
      );
      if (slot.named) checkNames(resolved[name] as readonly Block[], place);
    } else {
      resolved[name] = await resolvePart(where, slot, value, place);
    }
  }
  return resolved;
}

async function resolvePart(
  { lookup, used }: Place,
  slot: PartSlot,
  value: unknown,
  place: string,
): Promise<Block> {
  const block = z.looseObject({ use: z.string() }).safeParse(value);
  if (!block.success) {
    throw invalid(place, `${JSON.stringify(value)}; expected ${describe(slot)}, "{ use: <id> }"`);
  }
  const kind = await kindOf(slot, block.data.use, lookup);
  if (!slot.named) return resolveBlock({ kind, place, lookup, used }, block.data);
  const { name = block.data.use, ...unnamed } = block.data;
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw invalid(`${place}.name`, `${JSON.stringify(name)}; expected letters, digits, "-", "_"`);
  }
  return { name, ...(await resolveBlock({ kind, place, lookup, used }, unnamed as Block)) };
}

function checkNames(blocks: readonly Block[], place: string): void {
  const names = blocks.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return;
  throw invalid(place, `two blocks called "${String(twice)}"`, 'Give each a `name` of its own.');
}

/** A slot may take several kinds: the first in which the id is installed counts. */
export async function kindOf(slot: PartSlot, id: string, lookup: PluginLookup): Promise<Kind> {
  const kinds = typeof slot.kind === 'string' ? [slot.kind] : slot.kind;
  let problem: unknown;
  for (const kind of kinds) {
    try {
      await lookup(kind, id);
      return kind;
    } catch (error) {
      problem ??= error;
    }
  }
  throw problem;
}

function describe(slot: PartSlot): string {
  return `a plugin of kind ${[slot.kind].flat().join(' or ')}`;
}

/** Everything required must be a block of the manifest or provided by one of its plugins. */
function matchCapabilities(manifest: Manifest, used: readonly UsedPlugin[]): void {
  const blocks = ['space', 'data', 'evaluator', 'objective', 'strategy'] as const;
  const present = new Set<string>(blocks.filter((key) => manifest[key] !== undefined));
  present.add('engine');
  const provided = new Set([...present, ...used.flatMap(({ provides }) => provides)]);
  const lacks = used.flatMap(({ requires, place, id }) =>
    requires.filter((need) => !provided.has(need)).map((need) => ({ need, place, id })),
  );
  if (lacks.length === 0) return;
  const lines = lacks.map(({ need, place, id }) => `  ${place} "${id}" requires ${need}`);
  const offers = used
    .filter(({ provides }) => provides.length > 0)
    .map(({ place, id, provides }) => `  ${place} "${id}" provides ${provides.join(', ')}`);
  throw new ArcherError(
    'ARCHER_CAPABILITY',
    `${manifest.name}: these parts do not fit together.\n${[...lines, ...offers].join('\n')}`,
    { hint: 'archer list --fits shows what fits what.', exit: EXIT.manifest },
  );
}

async function inOrder<T, R>(items: readonly T[], work: (item: T, i: number) => Promise<R>) {
  const results: R[] = [];
  for (const [i, item] of items.entries()) results.push(await work(item, i));
  return results;
}
