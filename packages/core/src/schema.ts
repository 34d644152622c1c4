import { z } from 'zod';
import { engineSchema, expectationSchema, fromSchema } from './manifest-schema.ts';
import { nonFiniteSchema } from './non-finite.ts';
import type { Kind, Maker, PartSlot, Plugin } from './plugin.ts';
import { sweepSchema } from './sweep-schema.ts';

type JsonSchema = Record<string, unknown>;

/**
 * The JSON Schema (draft 7) of manifests over a set of plugins, for completion and checks
 * in editors. One definition per plugin, `<kind>.<id>`; parts refer to the definitions of
 * the kinds that they take.
 */
export function manifestJsonSchema(plugins: readonly Plugin[]): JsonSchema {
  const byKind = new Map<Kind, Plugin[]>();
  for (const plugin of plugins) {
    byKind.set(plugin.kind, [...(byKind.get(plugin.kind) ?? []), plugin]);
  }
  const definitions: Record<string, JsonSchema> = {};
  for (const plugin of plugins) definitions[nameOf(plugin)] = blockSchema(plugin, byKind);
  const block = (kind: Kind) => blocksOf([kind], byKind);
  const experiment = {
    space: block('space'),
    data: block('data'),
    evaluator: block('evaluator'),
    objective: block('objective'),
    strategy: block('strategy'),
    study: { type: 'array', items: studyEntry(byKind.get('study') ?? [], definitions) },
    tracker: { anyOf: [block('tracker'), { type: 'null' }] },
    launcher: { anyOf: [block('launcher'), { type: 'null' }] },
    engine: toJson(engineSchema),
    from: toJson(fromSchema),
    nonFinite: toJson(nonFiniteSchema),
    seeds: { type: 'array', items: { type: 'integer', minimum: 0 }, minItems: 1 },
    expect: { type: 'array', items: toJson(expectationSchema) },
  };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Archer experiment manifest',
    type: 'object',
    required: ['name', 'space', 'strategy'],
    additionalProperties: false,
    properties: {
      $schema: { type: 'string' },
      name: { type: 'string', pattern: '^[a-z][a-z0-9]*(-[a-z0-9]+)*$' },
      title: { type: 'string' },
      ...experiment,
      profiles: {
        type: 'object',
        description: 'The same experiment at other sizes: each is laid over the manifest.',
        additionalProperties: { type: ['object', 'null'] },
      },
      sweep: { ...toJson(sweepSchema), description: 'What `archer sweep` varies.' },
    },
    definitions,
  };
}

const nameOf = ({ kind, id }: Plugin): string => `${kind}.${id}`;

function toJson(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'input',
    unrepresentable: 'any',
  }) as JsonSchema;
  return json;
}

/** A plugin's options with `use` and its parts added. */
function blockSchema(plugin: Plugin, byKind: ReadonlyMap<Kind, readonly Plugin[]>): JsonSchema {
  const options = toJson(plugin.options);
  const slots = Object.entries((plugin as Partial<Maker>).parts ?? {});
  const parts = slots.map(([name, slot]) => [name, partSchema(slot, byKind)] as const);
  const needed = slots
    .filter(([, slot]) => !slot.optional && slot.default === undefined)
    .map(([name]) => name);
  return {
    ...options,
    type: 'object',
    description: plugin.summary,
    properties: {
      use: { const: plugin.id },
      ...(options.properties as object | undefined),
      ...Object.fromEntries(parts),
    },
    required: ['use', ...((options.required as string[] | undefined) ?? []), ...needed],
  };
}

function partSchema(slot: PartSlot, byKind: ReadonlyMap<Kind, readonly Plugin[]>): JsonSchema {
  const part = blocksOf([slot.kind].flat() as Kind[], byKind);
  const one = slot.named ? { ...part, properties: { name: { type: 'string' } } } : part;
  return slot.many ? { type: 'array', items: one } : one;
}

function blocksOf(
  kinds: readonly Kind[],
  byKind: ReadonlyMap<Kind, readonly Plugin[]>,
): JsonSchema {
  const refs = kinds
    .flatMap((kind) => byKind.get(kind) ?? [])
    .map((plugin) => ({ $ref: `#/definitions/${nameOf(plugin)}` }));
  return refs.length > 0
    ? { type: 'object', required: ['use'], anyOf: refs }
    : { type: 'object', required: ['use'] };
}

/** `- rank: { … }`: the study's options under its id, with the keys every study takes. */
function studyEntry(
  studies: readonly Plugin[],
  definitions: Readonly<Record<string, JsonSchema>>,
): JsonSchema {
  const entries = studies.map((plugin) => {
    const { properties, required, ...rest } = definitions[nameOf(plugin)] as JsonSchema & {
      properties: object;
      required: string[];
    };
    const { use: _, ...options } = properties as Record<string, unknown>;
    const permit = {
      const: 'test-split',
      description: 'Allows this study to read the test split.',
    };
    const body = {
      ...rest,
      properties: { ...options, permit },
      required: required.filter((name) => name !== 'use'),
    };
    return { type: 'object', properties: { [plugin.id]: body }, required: [plugin.id] };
  });
  return entries.length > 0 ? { anyOf: entries } : { type: 'object' };
}
