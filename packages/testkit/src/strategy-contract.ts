// biome-ignore-all lint/suspicious/noExplicitAny: architecture types meet in the manifest
import {
  ArcherError,
  type Block,
  buildRun,
  createStreams,
  type EngineInfo,
  type Plugin,
  type PluginLookup,
  type ResolvedManifest,
  type RunParts,
  resolveManifest,
  type Search,
} from '@archer-nas/core';
import { expect } from 'vitest';
import { type Check, describeChecks } from './check.ts';
import { drive, type JobSubject, jobChecks } from './job-contract.ts';

/** A strategy with the blocks of a small manifest around it: some ten steps or fewer. */
export interface StrategySubject {
  /** Every plugin that the blocks name. */
  readonly plugins: readonly Plugin<any, any>[];
  readonly strategy: Block;
  readonly space: Block;
  readonly data?: Block;
  readonly evaluator?: Block;
  readonly objective?: Block;
  /** Studies are created, not run: for their own tests, through `createParts`. */
  readonly study?: readonly Block[];
  readonly engine?: EngineInfo;
  /** Default 0. */
  readonly seed?: number;
}

/** The contract of a strategy: that of a job, legal incumbents, the views it provides. */
export function strategyChecks(subject: StrategySubject): readonly Check[] {
  return [
    ...jobChecks(searchOf(subject)),
    { name: 'ends with incumbents of its space', run: () => checkIncumbents(subject) },
    { name: 'has the views that it provides', run: () => checkViews(subject) },
  ];
}

/** Runs {@link strategyChecks} as tests. */
export function describeStrategy(subject: StrategySubject): void {
  describeChecks(`strategy ${subject.strategy.use}`, strategyChecks(subject));
}

/** The parts of a subject's manifest, made as in a run. */
export async function createParts(subject: StrategySubject): Promise<RunParts> {
  const lookup = lookupAmong(subject.plugins);
  const folders = { data: 'no-such-folder', manifest: 'no-such-folder' };
  return buildRun(await resolve(subject), {
    lookup,
    engine: subject.engine,
    folders,
    log: () => {},
  });
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

function resolve({ plugins, engine: _, seed = 0, ...blocks }: StrategySubject) {
  const rest = { seeds: [seed], study: [], profiles: {}, expect: [] };
  return resolveManifest({ name: 'kit', ...rest, ...blocks }, lookupAmong(plugins));
}

function searchOf(subject: StrategySubject): JobSubject<Search<any>> {
  return {
    async begin(saved) {
      const { strategy } = await createParts(subject);
      const streams = createStreams(subject.seed ?? 0).scope('search');
      return strategy.begin({ streams }, saved);
    },
    outcome: async (search) => [search.incumbents(), await search.result()],
  };
}

async function finish(subject: StrategySubject): Promise<Search<any>> {
  const search = await searchOf(subject).begin();
  await drive(search);
  return search;
}

async function checkIncumbents(subject: StrategySubject): Promise<void> {
  const { space } = await createParts(subject);
  const search = await finish(subject);
  const found = search.incumbents().map(({ proposal }) => proposal.architecture);
  expect(found, 'incumbents').not.toHaveLength(0);
  for (const a of found) expect(space.id(space.parse(space.format(a)))).toBe(space.id(a));
  expect((await search.result()).best).toStrictEqual(search.incumbents());
  search.dispose?.();
}

async function checkViews(subject: StrategySubject): Promise<void> {
  const { plugins }: ResolvedManifest = await resolve(subject);
  const provided = plugins
    .filter(({ place }) => place === 'strategy')
    .flatMap(({ provides }) => provides.filter((name) => name.startsWith('view:')));
  const search = await searchOf(subject).begin();
  for (const name of provided) expect(search.views).toHaveProperty([name.slice('view:'.length)]);
  search.dispose?.();
}
