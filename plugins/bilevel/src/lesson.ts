import {
  type Allowed,
  ArcherError,
  type DataSet,
  isTextData,
  type State,
  type Streams,
  type TextData,
} from '@archer-nas/core';
import {
  type ArchitecturePath,
  type BatchSource,
  type LanguageMixtureSpace,
  type LanguageViews,
  type MixtureSpace,
  type Model,
  type Modifier,
  type Network,
  narrowedNetwork,
  narrowedPath,
  optionCounts,
  type ParameterStore,
  type RelaxationRecipe,
  type Rows,
  type Site,
  type SupernetViews,
  supernetViews,
  widenedRows,
} from '@archer-nas/nn';
import { EpochBatches } from './epoch-batches.ts';
import { modifiedSupernet } from './modifications.ts';
import type { BilevelOptions } from './options.ts';
import { textLesson } from './text-lesson.ts';

/** What a search learns with: a supernet, its batches, and what is shown of its weights. */
export interface Lesson<A> {
  readonly network: Model | Network;
  /** The names of what rows by the network's options stand for, by decision. */
  kept(rows: Rows): readonly string[];
  /** The architecture that rows by the network's options stand for. */
  derive(rows: Rows): A;
  batches(split: 'train' | 'valid', saved?: State): BatchSource;
  views(store: ParameterStore): (SupernetViews<A> | LanguageViews<A>) & { dispose(): void };
}

/** What a lesson is made of. */
export interface LessonParts<A> {
  readonly space: MixtureSpace<A> | LanguageMixtureSpace<A>;
  readonly data: DataSet | TextData;
  readonly relaxation: Pick<RelaxationRecipe, 'inputs'>;
  readonly modifiers: readonly Modifier[];
  readonly evaluation: BilevelOptions['evaluation'];
  readonly streams: Streams;
  readonly stage: number;
  /** The options that this stage has, per decision; absent: all. */
  readonly allowed?: Allowed | undefined;
}

/** What the data are decides what is learnt: classes of images, or the next token of a text. */
export function lessonOf<A>({ space, data, ...rest }: LessonParts<A>): Lesson<A> {
  // Data and space require each other's kind, so that a manifest cannot mix them.
  return isTextData(data)
    ? textLesson(space as LanguageMixtureSpace<A>, data, rest)
    : imageLesson(space as MixtureSpace<A>, data, rest);
}

/** What lessons of both kinds are made of. */
export type LessonSettings = Omit<LessonParts<unknown>, 'space' | 'data'>;

function imageLesson<A>(
  whole: MixtureSpace<A>,
  data: DataSet,
  settings: LessonSettings,
): Lesson<A> {
  const { evaluation: options, streams, allowed, relaxation } = settings;
  const { inputs } = relaxation;
  const task = { classes: data.classes, image: data.image, ...(inputs && { inputs }) };
  const all = modifiedSupernet(whole, task, settings);
  const network = allowed === undefined ? all : narrowedNetwork(all, allowed);
  const space = allowed === undefined ? whole : narrowedSpace(whole, all, allowed);
  return {
    network,
    derive: (rows) => space.derive(rows, all),
    kept: (rows) => optionNames(whole.path(space.derive(rows, all), all), all.sites),
    batches: (split) => new EpochBatches(data, split, streams),
    views: (store) => supernetViews({ space, data, network, store, options, streams }),
  };
}

/** The space as a supernet with some of its options sees it. */
function narrowedSpace<A>(space: MixtureSpace<A>, all: Network, allowed: Allowed): MixtureSpace<A> {
  const counts = optionCounts(all.sites);
  return {
    ...space,
    derive: (rows) =>
      space.derive(widenedRows(rows as readonly Float64Array[], allowed, counts), all),
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

/** By decision, the option at the sites that are tied to it; of several, all their names. */
export function optionNames(path: ArchitecturePath, sites: readonly Site[]): string[] {
  const names: string[] = [];
  sites.forEach(({ decision, options }, site) => {
    const taken = [path[site] ?? -1].flat();
    names[decision] = taken.map((option) => options[option] ?? '').join('+');
  });
  return names;
}
