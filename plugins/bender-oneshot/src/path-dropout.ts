import type { Stream } from '@archer-nas/core';
import {
  decisionSites,
  type MixtureRow,
  type Relaxation,
  type RelaxationRecipe,
  type Site,
} from '@archer-nas/nn';

/** What path dropout is told. */
export interface PathDropoutOptions {
  /** r at the end of the training: how often all k paths of a choice block vanish together. */
  readonly rate: number;
  readonly schedule: 'linear' | 'constant';
}

/** r^(1/k): dropped independently with this rate, all k paths vanish with probability r. */
export function dropRate(r: number, k: number): number {
  return r === 0 ? 0 : r ** (1 / k);
}

/** r of an epoch: it grows linearly from 0 in the first epoch to its full value in the last. */
export function rateAt(
  epoch: number,
  epochs: number,
  { rate, schedule }: PathDropoutOptions,
): number {
  return schedule === 'constant' || epochs < 2 ? rate : (rate * epoch) / (epochs - 1);
}

/**
 * Path dropout: a choice block sums all its candidates, and every batch drops each of them
 * independently with rate r^(1/k). Candidates are not weighed, before or after. Nothing is learnt of
 * architectures: a selection scores sub-networks in which everything else is zeroed.
 */
export function pathDropout(options: PathDropoutOptions): RelaxationRecipe {
  return { trainOnly: true, blind: true, begin: (sites) => dropping(options, sites) };
}

function dropping(options: PathDropoutOptions, sites: readonly Site[]): Relaxation {
  const blocks = decisionSites(sites);
  return {
    probabilities: blocks.map(({ options: { length } }) =>
      new Float64Array(length).fill(1 / length),
    ),
    state: null,
    weightMixture({ streams, step, epoch, epochs }) {
      const r = rateAt(epoch, epochs, options);
      const stream = streams.stream('path-dropout', step);
      return blocks.map((block) => ({ support: kept(block, r, stream) }) satisfies MixtureRow);
    },
  };
}

/** The paths of a block that a batch keeps; `zero`, or any one where there is none, if all vanish. */
function kept({ options, zero }: Site, r: number, stream: Stream): number[] {
  const paths = [...options.keys()].filter((option) => option !== zero);
  const rate = dropRate(r, paths.length);
  const left = paths.filter(() => stream.float() >= rate);
  return left.length > 0 ? left : [zero ?? stream.pick(paths)];
}
