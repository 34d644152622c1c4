import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { buildLauncher, buildRun } from './container.ts';
import { ArcherError, isArcherError } from './errors.ts';
import { searchIdentity, studyIdentity } from './identity.ts';
import { parseManifest } from './manifest.ts';
import { type Block, definePlugin, type Plugin } from './plugin.ts';
import type { PluginLookup } from './presets.ts';
import { resolveManifest } from './resolve.ts';
import { manifestJsonSchema } from './schema.ts';

const none = z.strictObject({});
const created: string[] = [];

const space = definePlugin({
  id: 'bits',
  kind: 'space',
  summary: 'Bit strings.',
  options: z.strictObject({ bits: z.int().positive().default(3) }),
  provides: ['space:bits'],
  create: (options) => ({ name: `bits${options.bits}` }) as never,
});
const paths = definePlugin({
  id: 'even',
  kind: 'paths',
  summary: 'Even paths.',
  options: z.strictObject({ cap: z.number().default(2) }),
  create: (options) => ({ cap: options.cap }),
});
const loop = definePlugin({
  id: 'loop',
  kind: 'strategy',
  summary: 'A loop.',
  options: z.strictObject({ epochs: z.int().default(5) }),
  requires: ['space:bits'],
  provides: ['view:scores'],
  parts: { paths: { kind: 'paths', default: { use: 'even' } } },
  create: (options, deps) => {
    created.push('loop');
    return { options, space: deps.space, parts: deps.parts, deps } as never;
  },
});
const preset = definePlugin({
  id: 'fast',
  kind: 'strategy',
  summary: 'The loop, short.',
  options: z.strictObject({ rounds: z.int().default(2) }),
  preset: ({ rounds }) => ({ use: 'loop', epochs: rounds, paths: { use: 'even', cap: 1 } }),
});
const table = definePlugin({
  id: 'table',
  kind: 'benchmark',
  summary: 'A table that is not there.',
  options: none,
  create: () => {
    throw new ArcherError('ARCHER_DATA_MISSING', 'no table at /nowhere');
  },
});
const rank = definePlugin({
  id: 'rank',
  kind: 'study',
  summary: 'Ranks.',
  options: z.strictObject({ images: z.enum(['valid', 'test']).default('valid') }),
  requires: ['view:scores'],
  parts: {
    truth: { kind: ['benchmark', 'paths'], otherwise: 'fallback' },
    fallback: { kind: 'paths', optional: true },
  },
  create: (options, deps) => ({ options, parts: deps.parts, missing: deps.missing }) as never,
});
const several = definePlugin({
  id: 'several',
  kind: 'strategy',
  summary: 'Several strategies.',
  options: none,
  parts: { arms: { kind: 'strategy', many: true, named: true } },
  create: (_, deps) => ({ names: deps.names, arms: deps.parts.arms }) as never,
});
const scoreless = definePlugin({
  id: 'scoreless',
  kind: 'strategy',
  summary: 'Offers no view.',
  options: none,
  create: () => ({}) as never,
});

const pool = definePlugin({
  id: 'pool',
  kind: 'launcher',
  summary: 'Starts nothing.',
  options: z.strictObject({ processes: z.int().positive().default(2) }),
  create: ({ processes }) => ({ description: `${processes} at once`, launch: async () => [] }),
});

const ALL = [
  ...[space, paths, loop, preset, table, rank, several, scoreless, pool],
] as unknown as Plugin[];
const lookup: PluginLookup = async (kind, id) => {
  const plugin = ALL.find((p) => p.kind === kind && p.id === id);
  if (!plugin) throw new ArcherError('ARCHER_NO_PLUGIN', `no ${kind} "${id}"`);
  return { plugin, package: `test-${id}`, version: '1.2.3' };
};
const services = { lookup, folders: { data: '/d', manifest: '/m' }, log: () => {} };
const manifest = (strategy: string, study = '') =>
  parseManifest(`name: t\nspace: { use: bits }\nstrategy: ${strategy}\nstudy: [${study}]`, 't');

describe('named parts', () => {
  const several = (arms: string) => manifest(`{ use: several, arms: [${arms}] }`);

  it('are called what their block says, else what it uses, and options stay theirs', async () => {
    const given = several('{ use: fast }, { name: long, use: loop, epochs: 9 }');
    const resolved = await resolveManifest(given, lookup);
    expect(resolved.manifest.strategy.arms).toMatchObject([
      { name: 'fast', use: 'loop', epochs: 2 },
      { name: 'long', use: 'loop', epochs: 9 },
    ]);
    const { strategy } = await buildRun(resolved, services);
    expect(strategy).toMatchObject({
      names: { arms: ['fast', 'long'] },
      arms: [{ options: { epochs: 2 } }, { options: { epochs: 9 } }],
    });
    const again = { ...given, strategy: resolved.manifest.strategy };
    expect((await resolveManifest(again, lookup)).manifest.strategy).toEqual(again.strategy);
  });

  it('must be told apart, by names that can stand in a metric', async () => {
    const same = several('{ use: loop }, { use: loop, epochs: 9 }');
    await expect(resolveManifest(same, lookup)).rejects.toThrow('two blocks called "loop"');
    const odd = several('{ use: loop, name: a/b }');
    await expect(resolveManifest(odd, lookup)).rejects.toThrow('strategy.arms.0.name: "a/b"');
  });
});

describe('resolveManifest', () => {
  it('expands presets, fills defaults and lists what is used and where', async () => {
    const { manifest: resolved, plugins } = await resolveManifest(
      manifest('{ use: fast }'),
      lookup,
    );
    expect(resolved.strategy).toEqual({ use: 'loop', epochs: 2, paths: { use: 'even', cap: 1 } });
    expect(resolved.space).toEqual({ use: 'bits', bits: 3 });
    expect(plugins.map(({ place, id }) => `${place}:${id}`)).toEqual([
      'space:bits',
      'strategy:fast',
      'strategy:loop',
      'strategy.paths:even',
    ]);
  });

  it('is idempotent: a resolved manifest resolves to itself', async () => {
    const once = await resolveManifest(manifest('{ use: fast }'), lookup);
    const twice = await resolveManifest(once.manifest, lookup);
    expect(twice.manifest).toEqual(once.manifest);
  });

  it('names both sides when capabilities do not match', async () => {
    const wanted = manifest('{ use: scoreless }', '{ rank: { truth: { use: even } } }');
    await expect(resolveManifest(wanted, lookup)).rejects.toThrow(
      /study\.0 "rank" requires view:scores\n {2}space "bits" provides space:bits/,
    );
  });

  it('names the place, the option and the nearest one', async () => {
    const problem = await resolveManifest(manifest('{ use: loop, epoch: 3 }'), lookup).catch(
      (e) => e,
    );
    if (!isArcherError(problem)) throw problem;
    expect(problem.message).toContain('strategy: options that "loop" does not take');
    expect(problem.hint).toBe('Did you mean "epochs"?');
  });

  it('asks for a part that has no default', async () => {
    await expect(resolveManifest(manifest('{ use: loop }', '{ rank: }'), lookup)).rejects.toThrow(
      'study.0.truth: nothing; "rank" needs a plugin of kind benchmark or paths',
    );
  });

  it('refuses a permit it does not know', async () => {
    const wanted = manifest('{ use: loop }', '{ rank: { permit: all, truth: { use: even } } }');
    await expect(resolveManifest(wanted, lookup)).rejects.toThrow('only permit is "test-split"');
  });
});

describe('buildRun', () => {
  it('creates the strategy with its space and parts', async () => {
    created.length = 0;
    const resolved = await resolveManifest(manifest('{ use: loop, epochs: 7 }'), lookup);
    const { strategy } = await buildRun(resolved, services);
    expect(strategy).toMatchObject({
      options: { epochs: 7 },
      space: { name: 'bits3' },
      parts: { paths: { cap: 2 } },
    });
    expect(created).toEqual(['loop']);
  });

  it('explains a dependency that the manifest does not have', async () => {
    const resolved = await resolveManifest(manifest('{ use: loop }'), lookup);
    const { strategy } = await buildRun(resolved, services);
    expect(() => (strategy as unknown as { deps: { data: unknown } }).deps.data).toThrow(
      'The strategy "loop" asked for "data"',
    );
  });

  it('falls back to the other part when data are missing, and passes the reason on', async () => {
    const rankOf = '{ rank: { truth: { use: table }, fallback: { use: even } } }';
    const resolved = await resolveManifest(manifest('{ use: loop }', rankOf), lookup);
    const { studies } = await buildRun(resolved, services);
    expect(studies[0]?.study).toMatchObject({
      parts: { fallback: { cap: 2 } },
      missing: { truth: 'no table at /nowhere' },
    });
  });

  it('does not hide missing data when there is no other part', async () => {
    const resolved = await resolveManifest(
      manifest('{ use: loop }', '{ rank: { truth: { use: table } } }'),
      lookup,
    );
    await expect(buildRun(resolved, services)).rejects.toThrow('no table at /nowhere');
  });
});

describe('buildLauncher', () => {
  const launched = (launcher: Block | null) => ({ ...manifest('{ use: loop }'), launcher });

  it('creates what the manifest names, with its defaults', async () => {
    const resolved = await resolveManifest(launched({ use: 'pool' }), lookup);
    expect(resolved.manifest.launcher).toEqual({ use: 'pool', processes: 2 });
    expect((await buildLauncher(resolved, services))?.description).toBe('2 at once');
  });

  it('creates nothing where there is none', async () => {
    expect(await buildLauncher(await resolveManifest(launched(null), lookup), services)).toBe(
      undefined,
    );
  });
});

describe('identities', () => {
  const facts = { seed: 0, engineClass: 'js' };
  it('change with options, seed and engine, not with studies, title or launcher', async () => {
    const of = async (text: string, study = '') =>
      searchIdentity(await resolveManifest(manifest(text, study), lookup), facts);
    const base = await of('{ use: loop }');
    expect(await of('{ use: loop, epochs: 5 }')).toBe(base);
    expect(await of('{ use: loop }', '{ rank: { truth: { use: even } } }')).toBe(base);
    expect(await of('{ use: loop, epochs: 6 }')).not.toBe(base);
    const resolved = await resolveManifest(manifest('{ use: loop }'), lookup);
    expect(searchIdentity(resolved, { ...facts, seed: 1 })).not.toBe(base);
    expect(searchIdentity(resolved, { ...facts, engineClass: 'wasm' })).not.toBe(base);
    const launcher = { use: 'pool', processes: 9 };
    const elsewhere = { ...manifest('{ use: loop }'), launcher };
    expect(searchIdentity(await resolveManifest(elsewhere, lookup), facts)).toBe(base);
    expect(studyIdentity(base, { use: 'rank' })).not.toBe(
      studyIdentity(base, { use: 'rank', n: 1 }),
    );
  });
});

describe('manifestJsonSchema', () => {
  it('offers the installed plugins, their options and parts', () => {
    const schema = manifestJsonSchema(ALL) as Record<string, never>;
    expect(schema).toMatchObject({
      properties: {
        space: { anyOf: [{ $ref: '#/definitions/space.bits' }] },
        launcher: {
          anyOf: [{ anyOf: [{ $ref: '#/definitions/launcher.pool' }] }, { type: 'null' }],
        },
      },
      definitions: {
        'strategy.loop': {
          additionalProperties: false,
          properties: { use: { const: 'loop' }, epochs: { type: 'integer', default: 5 } },
          required: ['use'],
        },
      },
    });
  });
});
