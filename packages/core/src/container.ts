// biome-ignore-all lint/suspicious/noExplicitAny: architecture types meet in the manifest, not in the compiler
import type { Container, ServiceIdentifier } from 'inversify';
import type { DataSet } from './data.ts';
import type { EngineInfo } from './engine.ts';
import { ArcherError, EXIT, isArcherError } from './errors.ts';
import type { Evaluator, Objective } from './evaluation.ts';
import type { Launcher } from './launcher.ts';
import type { Block, Created, Dependencies, Kind, Maker } from './plugin.ts';
import type { PluginLookup } from './presets.ts';
import { kindOf, type ResolvedManifest, resolveAlone, STUDY_BLOCK_KEYS } from './resolve.ts';
import type { Strategy } from './search.ts';
import type { SearchSpace } from './space.ts';
import type { Study } from './study.ts';
import { TOKENS } from './tokens.ts';
import type { Tracker } from './tracker.ts';

/** What the runtime brings into a run's container. */
export interface RunServices {
  readonly lookup: PluginLookup;
  readonly engine?: EngineInfo | undefined;
  readonly folders: Dependencies['folders'];
  readonly log: (line: string) => void;
  /** Wraps the data set that a search sees: the runtime withholds the test split. */
  readonly guard?: (data: DataSet) => DataSet;
}

/** The created parts of one run. */
export interface RunParts {
  readonly space: SearchSpace<any>;
  /** As created, test split included; only studies with a permit may be given it. */
  readonly data?: DataSet | undefined;
  readonly evaluator?: Evaluator<any> | undefined;
  readonly objective?: Objective | undefined;
  readonly strategy: Strategy<any>;
  readonly studies: readonly RunStudy[];
  readonly tracker?: Tracker | undefined;
}

/** A study of a run with the block that asked for it. */
export interface RunStudy {
  readonly id: string;
  readonly block: Block;
  readonly permit?: 'test-split';
  readonly study: Study<any>;
}

/** What a block, and the parts inside it, are made for. */
type Role = Pick<Dependencies, 'purpose' | 'permit'>;

type Top = 'space' | 'data' | 'evaluator' | 'objective' | 'strategy' | 'tracker';

/** Creates the parts of a resolved manifest, each once, in one container. */
export async function buildRun(
  resolved: ResolvedManifest,
  services: RunServices,
): Promise<RunParts> {
  const { manifest } = resolved;
  const container = await emptyContainer();
  if (services.engine) container.bind(TOKENS.engine).toConstantValue(services.engine);
  const maker = new PartMaker(container, services);

  const bind = <K extends Top>(kind: K, block: Block | null | undefined): void => {
    if (!block) return;
    container
      .bind(TOKENS[kind] as ServiceIdentifier<Created[K]>)
      .toDynamicValue(() => maker.make(kind, block, { purpose: 'search' }) as Promise<Created[K]>)
      .inSingletonScope();
  };
  for (const kind of ['space', 'data', 'evaluator', 'objective', 'strategy'] as const) {
    bind(kind, manifest[kind]);
  }
  bind('tracker', manifest.tracker);

  const space = await container.getAsync(TOKENS.space);
  const data = await maker.optional<DataSet>('data');
  const strategy = await container.getAsync(TOKENS.strategy);
  const studies: RunStudy[] = [];
  for (const block of manifest.study) studies.push(await maker.study(block));
  return {
    space,
    data,
    strategy,
    studies,
    evaluator: await maker.optional('evaluator'),
    objective: await maker.optional('objective'),
    tracker: await maker.optional('tracker'),
  };
}

/** The space of a resolved manifest alone: for what only reads and writes its notation. */
export async function buildSpace(
  { manifest }: ResolvedManifest,
  services: RunServices,
): Promise<SearchSpace<any>> {
  return new PartMaker(await emptyContainer(), services).make('space', manifest.space, {
    purpose: 'search',
  });
}

/** The launcher of a resolved manifest, where it has one. It is no part of a run: it starts runs. */
export async function buildLauncher(
  { manifest }: ResolvedManifest,
  services: RunServices,
): Promise<Launcher | undefined> {
  if (!manifest.launcher) return undefined;
  const maker = new PartMaker(await emptyContainer(), services);
  return maker.make('launcher', manifest.launcher, { purpose: 'search' });
}

/** The tracker of a block alone: for sending what a run has left behind. */
export async function buildTracker(block: Block, services: RunServices): Promise<Tracker> {
  const resolved = await resolveAlone('tracker', block, services.lookup);
  return new PartMaker(await emptyContainer(), services).make('tracker', resolved, {
    purpose: 'search',
  });
}

/** Loads what it is made of only here: most of what imports core builds nothing. */
async function emptyContainer(): Promise<Container> {
  const { Container } = await import('inversify');
  return new Container({ defaultScope: 'Singleton' });
}

/** Creates blocks: looks the plugin up, creates its parts first, hands over dependencies. */
class PartMaker {
  readonly #container: Container;
  readonly #services: RunServices;

  constructor(container: Container, services: RunServices) {
    this.#container = container;
    this.#services = services;
  }

  async optional<T>(kind: Top): Promise<T | undefined> {
    const token = TOKENS[kind] as ServiceIdentifier<T>;
    return this.#container.isBound(token) ? this.#container.getAsync(token) : undefined;
  }

  async study(block: Block): Promise<RunStudy> {
    const options = Object.entries(block).filter(([key]) => !STUDY_BLOCK_KEYS.includes(key));
    const permit = block.permit === 'test-split' ? ({ permit: 'test-split' } as const) : {};
    const role: Role = { purpose: 'study', ...permit };
    const study = await this.make('study', Object.fromEntries(options) as Block, role);
    return { id: block.use, block, study, ...permit };
  }

  async make<K extends Kind>(kind: K, block: Block, role: Role): Promise<Created[K]> {
    const maker = (await this.#services.lookup(kind, block.use)).plugin as unknown as Maker<K>;
    const { parts, missing } = await this.#parts(maker, block, role);
    const own = Object.entries(block).filter(([key]) => key !== 'use' && !maker.parts?.[key]);
    const names = namesOf(maker, block);
    const dependencies = await this.#dependencies(kind, maker, { parts, names, missing, ...role });
    return maker.create(Object.fromEntries(own) as never, dependencies);
  }

  async #parts(maker: Maker, block: Block, role: Role) {
    const parts: Record<string, unknown> = {};
    const missing: Record<string, string> = {};
    for (const [name, slot] of Object.entries(maker.parts ?? {})) {
      const value = block[name] as Block | readonly Block[] | undefined;
      if (value === undefined) continue;
      const make = async (given: Block) => {
        const { name: _, ...unnamed } = given;
        const one = slot.named ? (unnamed as Block) : given;
        return this.make(await kindOf(slot, one.use, this.#services.lookup), one, role);
      };
      try {
        parts[name] = Array.isArray(value)
          ? await Promise.all(value.map(make))
          : await make(value as Block);
      } catch (error) {
        const absent = isArcherError(error) && error.code === 'ARCHER_DATA_MISSING';
        if (!absent || slot.otherwise === undefined || block[slot.otherwise] === undefined) {
          throw error;
        }
        missing[name] = error.message;
      }
    }
    return { parts, missing };
  }

  /** Blocks are created before those that need them; reading one that is absent explains itself. */
  async #dependencies(
    kind: Kind,
    maker: Maker,
    own: Pick<Dependencies, 'parts' | 'names' | 'missing'> & Role,
  ): Promise<Dependencies> {
    const { folders, log, engine, guard } = this.#services;
    const available: Record<string, unknown> = { engine };
    if (kind !== 'space') available.space = await this.optional('space');
    if (kind !== 'space' && kind !== 'data') {
      const data = await this.optional<DataSet>('data');
      available.data = data && guard ? guard(data) : data;
    }
    if (kind === 'strategy' || kind === 'study' || kind === 'objective') {
      available.evaluator = await this.optional('evaluator');
    }
    if (kind === 'strategy' || kind === 'study') {
      available.objective = await this.optional('objective');
    }
    const dependencies = { ...own, folders, log };
    for (const name of ['space', 'data', 'engine', 'evaluator', 'objective']) {
      Object.defineProperty(dependencies, name, {
        enumerable: true,
        get: () => available[name] ?? refuse(kind, maker.id, name),
      });
    }
    return dependencies as unknown as Dependencies;
  }
}

/** What the blocks in named parts are called; resolving has given each a name. */
function namesOf(maker: Maker, block: Block): Record<string, readonly string[]> {
  const slots = Object.entries(maker.parts ?? {}).filter(([, { named }]) => named);
  const names = slots.map(([slot]) => {
    const blocks = (block[slot] ?? []) as readonly Block[];
    return [slot, blocks.map(({ name, use }) => String(name ?? use))] as const;
  });
  return Object.fromEntries(names);
}

function refuse(kind: Kind, id: string, name: string): never {
  throw new ArcherError(
    'ARCHER_NO_BLOCK',
    `The ${kind} "${id}" asked for "${name}", which this manifest does not have (or not for it).`,
    {
      hint: `Add a "${name}:" block; the plugin should list it in "requires".`,
      exit: EXIT.manifest,
    },
  );
}
