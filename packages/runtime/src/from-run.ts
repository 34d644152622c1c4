import { dirname, join, resolve } from 'node:path';
import {
  ArcherError,
  type EngineInfo,
  EXIT,
  type From,
  isNoProfile,
  type ResolvedManifest,
  type RunParts,
  type State,
} from '@archer-nas/core';
import { isThere } from './durable.ts';
import { runFolder, seedFolder } from './folders.ts';
import { readJournal } from './journal-reader.ts';
import { findPosition } from './position.ts';
import { readResult } from './read-run.ts';
import { originOf } from './resume.ts';
import { planRun, type RunPlan } from './run-plan.ts';
import { createRun, streamsAt } from './seed-run.ts';

/** The finished run that a search begins from. */
export interface FoundRun {
  readonly found: NonNullable<From['found']>;
  /** Of its search, at its end. */
  readonly state: State;
  /** Opens its search for the weights. @throws ArcherError `ARCHER_FROM` when it has none */
  weights(): Promise<State>;
}

/** What the run that begins is. */
export interface Beginning {
  readonly plan: RunPlan;
  readonly seed: number;
  readonly engine: EngineInfo | undefined;
  readonly parts: RunParts;
  /** Of its search, where it did not begin from another. */
  readonly identity: string;
}

/** The run that a manifest's `from` names, before it is known what it is to the run that begins. */
interface NamedRun {
  readonly root: string;
  readonly identity: string;
  readonly checkpoint: string;
  readonly state: State;
}

/**
 * The run that a manifest's `from` names: its checkpoint is read and hashed.
 * @throws ArcherError `ARCHER_FROM` when it is not there, not finished, or when the strategy is
 * another one that takes no weights
 */
export async function findFrom(beginning: Beginning): Promise<FoundRun | undefined> {
  const { plan, seed, identity, parts } = beginning;
  const named = namedRun(plan, seed);
  if (named === undefined) return undefined;
  const { root, checkpoint, state } = named;
  const use = named.identity === identity ? 'search' : 'weights';
  if (use === 'weights' && !parts.strategy.takesWeights) {
    throw refused(
      `${root} is another search, and this strategy takes no weights of others`,
      'The same space, data, strategy and seed ask new studies of that search.',
    );
  }
  return {
    found: { identity: named.identity, checkpoint, use },
    state,
    weights: () => weightsOf(root, state, beginning),
  };
}

/**
 * The manifest with what its `from` is found to be without engine and data. What it is used for is
 * taken from `before`, the run that began with it: that is another only where more has changed.
 * @throws ArcherError `ARCHER_FROM` when it is not there, or not finished
 */
export function withNamed(plan: RunPlan, seed: number, before: unknown): ResolvedManifest {
  const named = namedRun(plan, seed);
  if (named === undefined) return plan.resolved;
  const { identity, checkpoint } = named;
  const use = (before as From['found'])?.use ?? 'search';
  return withFound(plan.resolved, { found: { identity, checkpoint, use } });
}

function namedRun(plan: RunPlan, seed: number): NamedRun | undefined {
  const { from } = plan.resolved.manifest;
  if (from === undefined) return undefined;
  const root = rootOf(from, plan, seed);
  const folder = runFolder(root);
  const result = readResult(folder.result);
  if (result === undefined) {
    const what = isThere(folder.journal) ? 'is not finished' : 'is no run';
    throw refused(`${root} ${what}`, 'Finish that run, or name another with from.run.');
  }
  const { search, checkpoints } = findPosition(
    folder,
    readJournal(folder.journal, { steps: false }),
  );
  const checkpoint = checkpoints.findLast(({ job }) => job === 'search')?.hash;
  if (search === undefined || checkpoint === undefined) {
    throw refused(`${root} has no checkpoint of its search`, 'Run it again with --restart.');
  }
  return { root, identity: result.identity, checkpoint, state: search.state };
}

/** The manifest with what its `from` was found to be. */
export function withFound(
  resolved: ResolvedManifest,
  run: Pick<FoundRun, 'found'> | undefined,
): ResolvedManifest {
  const { manifest } = resolved;
  if (run === undefined || manifest.from === undefined) return resolved;
  return { ...resolved, manifest: { ...manifest, from: { ...manifest.from, found: run.found } } };
}

function rootOf(from: From, { folders, profile }: RunPlan, seed: number): string {
  const chosen = from.profile && isNoProfile(from.profile) ? undefined : (from.profile ?? profile);
  const of = (results: string) => seedFolder(results, chosen, from.seed ?? seed);
  if (/[/\\.]/.test(from.run)) return of(resolve(folders.manifest, from.run));
  const results = join(dirname(folders.manifest), from.run, 'results');
  // Of a manifest in that folder which has the experiment's name.
  const named = of(join(results, from.run));
  return isThere(named) ? named : of(results);
}

async function weightsOf(
  root: string,
  state: State,
  { plan, engine }: Pick<Beginning, 'plan' | 'engine'>,
): Promise<State> {
  const origin = originOf(root);
  const { lookup } = plan;
  const own = await planRun({ ...origin, dataFolder: plan.folders.data, lookup });
  const parts = await createRun(own, engine, () => {});
  const { lines } = findPosition(runFolder(root), readJournal(runFolder(root).journal));
  const context = { streams: streamsAt(origin.seeds[0], lines) };
  const search = await parts.strategy.begin(context, state);
  try {
    const weights = search.views.supernet?.parameters?.state;
    if (weights !== undefined) return weights;
    throw refused(`${root} has no shared weights`, 'Begin from a run that trains a supernet.');
  } finally {
    search.dispose?.();
  }
}

function refused(what: string, hint: string): ArcherError {
  return new ArcherError('ARCHER_FROM', `from: ${what}.`, { hint, exit: EXIT.manifest });
}
