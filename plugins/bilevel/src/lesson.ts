import {
  type Allowed,
  ArcherError,
  type DataSet,
  type State,
  type Streams,
} from '@archer-nas/core';
import {
  type BatchSource,
  type MixtureSpace,
  type Model,
  type Modifier,
  type Network,
  narrowedNetwork,
  narrowedPath,
  optionCounts,
  type ParameterStore,
  type Path,
  type Rows,
  type Site,
  type SupernetViews,
  supernetViews,
  widenedRows,
} from '@archer-nas/nn';
import { EpochBatches } from './epoch-batches.ts';
import { modifiedSupernet } from './modifications.ts';
import type { BilevelOptions } from './options.ts';

/** What a search learns with: a supernet, its batches, and what is shown of its weights. */
export interface Lesson<A> {
  readonly network: Model | Network;
  /** The names of what rows by the network's options stand for, by decision. */
  kept(rows: Rows): readonly string[];
  /** The architecture that rows by the network's options stand for. */
  derive(rows: Rows): A;
  batches(split: 'train' | 'valid', saved?: State): BatchSource;
  views(store: ParameterStore): SupernetViews<A> & { dispose(): void };
}

/** What a lesson is made of. */
export interface LessonParts<A> {
  readonly space: MixtureSpace<A>;
  readonly data: DataSet;
  readonly modifiers: readonly Modifier[];
  readonly evaluation: BilevelOptions['evaluation'];
  readonly streams: Streams;
  readonly stage: number;
  /** The options that this stage has, per decision; absent: all. */
  readonly allowed?: Allowed | undefined;
}

/** Classifying images. */
export function imageLesson<A>(parts: LessonParts<A>): Lesson<A> {
  const { space: whole, data, evaluation: options, streams, allowed } = parts;
  const all = modifiedSupernet(whole, { classes: data.classes, image: data.image }, parts);
  const network = allowed === undefined ? all : narrowedNetwork(all, allowed);
  const space = allowed === undefined ? whole : narrowedSpace(whole, all, allowed);
  return {
    network,
    derive: (rows) => space.derive(rows),
    kept: (rows) => optionNames(whole.path(space.derive(rows), all), all.sites),
    batches: (split) => new EpochBatches(data, split, streams),
    views: (store) => supernetViews({ space, data, network, store, options, streams }),
  };
}

/** The space as a supernet with some of its options sees it. */
function narrowedSpace<A>(space: MixtureSpace<A>, all: Network, allowed: Allowed): MixtureSpace<A> {
  const counts = optionCounts(all.sites);
  return {
    ...space,
    derive: (rows) => space.derive(widenedRows(rows as readonly Float64Array[], allowed, counts)),
    path(a) {
      const path = narrowedPath(space.path(a, all), all.sites, allowed);
      if (path !== undefined) return path;
      throw new ArcherError(
        'ARCHER_NOT_IN_SUPERNET',
        `${space.format(a)} has operations that the supernet has dropped.`,
        { hint: 'Score architectures in a search without stages.' },
      );
    },
  };
}

/** By decision, the option at the sites that are tied to it. */
function optionNames(path: Path, sites: readonly Site[]): string[] {
  const names: string[] = [];
  sites.forEach(({ decision, options }, site) => {
    names[decision] = options[path[site] ?? -1] ?? '';
  });
  return names;
}
