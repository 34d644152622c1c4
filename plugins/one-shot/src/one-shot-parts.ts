import {
  ArcherError,
  type DataSet,
  EXIT,
  isTextData,
  type OrderRecipe,
  type SamplerRecipe,
  type Stages,
  type TextData,
} from '@archer-nas/core';
import type {
  GradientRecipe,
  LanguageSpace,
  NetworkSpace,
  PathRecipe,
  SplitRecipe,
  WeightsRecipe,
} from '@archer-nas/nn';
import type { OneShotOptions } from './options.ts';
import type { SplitTrainingParts } from './split-training.ts';
import type { TrainingParts } from './training-parts.ts';

/** What the strategy is made of. */
export interface OneShotParts<A> {
  readonly space: NetworkSpace<A> | LanguageSpace<A>;
  readonly data: DataSet | TextData;
  /** Of paths, or of architectures of the space. */
  readonly paths: PathRecipe | SamplerRecipe;
  readonly order: OrderRecipe;
  /** What a path's pass is; absent: the gradient of its loss. */
  readonly gradient?: GradientRecipe | undefined;
  /** Makes several supernets of one; absent: there is one. Not for texts. */
  readonly split?: SplitRecipe | undefined;
  /** Makes some weights from the path that they are for; absent: all are owned. Not for texts. */
  readonly weights?: WeightsRecipe | undefined;
  /** Searches the trained supernet; without it the supernet itself is the result. */
  readonly search?: SamplerRecipe | undefined;
}

/**
 * Refuses what does not go together.
 * @throws ArcherError `ARCHER_SPLIT_MISSING` when something is to be scored and there is no split
 * `valid` to score it on; `ARCHER_SELECTION` for a selection that has nothing to select from;
 * `ARCHER_CAPABILITY` for several supernets where only one can be
 */
export function checkParts<A>(options: OneShotOptions, parts: OneShotParts<A>): void {
  const { data } = parts;
  const isScored = parts.search ?? options.selection ?? options.rewards;
  if (isScored && !data.splits.includes('valid')) {
    throw new ArcherError(
      'ARCHER_SPLIT_MISSING',
      `Architectures are scored on 'valid' images; ${data.name} has ${data.splits.join(', ')}.`,
      { hint: 'Hold images out (split: halves), or remove search, selection and rewards.' },
    );
  }
  if (options.selection && (parts.search || 'norms' in parts.paths)) {
    throw new ArcherError(
      'ARCHER_SELECTION',
      'A selection draws from `paths`, which must be a sampler of architectures, and no search follows.',
      { hint: 'Remove the selection, or the search and the paths.', exit: EXIT.manifest },
    );
  }
  if (parts.split && (options.rewards || !('norms' in parts.paths))) {
    throw oneSupernet('a sampler of architectures, or paths that learn from rewards');
  }
  if (parts.split && options.epochs === 0) throw oneSupernet('no training at all');
  const shared = sharedBySites(parts);
  if (shared === undefined) return;
  if (parts.split) throw oneSupernet(shared);
  const norms = 'norms' in parts.paths ? parts.paths.norms : 'none';
  if (norms !== 'none') throw noNorms(shared);
}

/** What several sites have in common, so that no part of it belongs to one of them. */
function sharedBySites<A>({ gradient, weights }: OneShotParts<A>): string | undefined {
  if (weights) return 'weights that are made from the path';
  return gradient?.supernet?.sets === undefined ? undefined : 'operations that sites share';
}

/** @throws ArcherError `ARCHER_CAPABILITY` for stages of a search in several supernets */
export function checkNoStages<A>(
  stages: Stages<A> | undefined,
  { split }: Pick<OneShotParts<A>, 'split'>,
): void {
  if (stages && split) throw oneSupernet('a search that narrows the space in stages');
}

/** The same parts with a split. @throws ArcherError `ARCHER_CAPABILITY` for a text */
export function splitParts(parts: TrainingParts, split: SplitRecipe): SplitTrainingParts {
  const { network, data, ...rest } = parts;
  if (isTextData(data) || !('forward' in network)) throw oneSupernet('a text');
  return { ...rest, network, data, split };
}

function noNorms(shared: string): ArcherError {
  return new ArcherError(
    'ARCHER_CAPABILITY',
    `The paths learn from gradient norms of single sites, but the supernet has ${shared}.`,
    { hint: 'Use other paths, such as uniform.', exit: EXIT.manifest },
  );
}

function oneSupernet(what: string): ArcherError {
  return new ArcherError(
    'ARCHER_CAPABILITY',
    `The supernet is split into several, which cannot be combined with ${what}.`,
    { hint: 'Remove the split, or the other.', exit: EXIT.manifest },
  );
}
