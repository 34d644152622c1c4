import {
  ArcherError,
  type Evaluation,
  type MetricSpec,
  mean,
  type Sampler,
  type Streams,
} from '@archer-nas/core';
import type { Path } from '@archer-nas/nn';
import type { OneShotOptions } from './options.ts';
import {
  type RewardBatches,
  type RewardBatchesOf,
  rewardBatches,
  rewardMetric,
} from './reward-batches.ts';

/** What rewards are made of. */
export interface RewardsOf extends Omit<RewardBatchesOf, 'batch'> {
  readonly paths: Sampler<Path>;
  readonly options: NonNullable<OneShotOptions['rewards']>;
  readonly streams: Streams;
}

/**
 * What a sampler of paths learns from between epochs: each round it proposes paths, each is scored
 * with the shared weights on a validation minibatch of its own, and the sampler observes the
 * accuracies, or the perplexities. Minibatches go through the shuffled split again and again.
 */
export class Rewards {
  readonly #of: RewardsOf;
  readonly #metric: MetricSpec;
  readonly #batches: RewardBatches;

  constructor(of: RewardsOf) {
    this.#of = of;
    this.#metric = rewardMetric(of.data);
    this.#batches = rewardBatches({ ...of, batch: of.options.batch });
  }

  /** @returns the mean of the round: `reward`, in percent, or `reward-perplexity` */
  round(number: number): Record<string, number> {
    const { paths, options, streams } = this.#of;
    const { name, direction } = this.#metric;
    const proposals = paths.propose(options.paths, streams.stream('rewards', number));
    if (typeof proposals === 'string' || proposals.length !== options.paths) {
      throw new ArcherError(
        'ARCHER_PATHS_EMPTY',
        `The path sampler gave ${typeof proposals === 'string' ? 'no' : proposals.length} paths ` +
          `for ${options.paths} rewards.`,
      );
    }
    const measured = proposals.map(({ architecture }, at) =>
      this.#batches.measure(architecture, number * options.paths + at),
    );
    paths.observe(
      proposals.map((proposal, at): Evaluation<Path> => {
        const metrics = { [name]: measured[at] as number }; // one per proposal
        return { proposal, metrics, cost: { images: this.#batches.size }, status: 'final' };
      }),
    );
    return { [direction === 'maximise' ? 'reward' : `reward-${name}`]: mean(measured) };
  }
}
