import {
  ArcherError,
  type DataSet,
  type Evaluation,
  EXIT,
  isTextData,
  type Sampler,
  type Streams,
  type TextData,
} from '@archer-nas/core';
import {
  type BatchReader,
  batchReader,
  hitsOver,
  type Model,
  type Network,
  type ParameterStore,
  type Path,
  pathGates,
} from '@archer-nas/nn';
import type { OneShotOptions } from './options.ts';

/** What rewards are made of. */
export interface RewardsOf {
  readonly network: Network;
  readonly store: ParameterStore;
  readonly data: DataSet;
  readonly paths: Sampler<Path>;
  readonly options: NonNullable<OneShotOptions['rewards']>;
  readonly streams: Streams;
}

/**
 * The rewards on a data set.
 * @throws ArcherError `ARCHER_CAPABILITY` for a text: rewards are accuracies on images
 */
export function rewardsOf({
  network,
  data,
  ...rest
}: Omit<RewardsOf, 'network' | 'data'> & {
  readonly network: Model | Network;
  readonly data: DataSet | TextData;
}): Rewards {
  if (!isTextData(data) && 'forward' in network) return new Rewards({ network, data, ...rest });
  throw new ArcherError(
    'ARCHER_CAPABILITY',
    'Rewards are accuracies on images; the data are text.',
    {
      hint: 'Remove the rewards: paths still observe the loss of every training step.',
      exit: EXIT.manifest,
    },
  );
}

/**
 * What a sampler of paths learns from between epochs: each round it proposes paths, each is scored
 * with the shared weights on a validation minibatch of its own, with the minibatch's statistics,
 * and the sampler observes the accuracies. Minibatches go through the shuffled split again and
 * again; a last, smaller one is left out.
 */
export class Rewards {
  readonly #of: RewardsOf;
  readonly #reader: BatchReader;
  readonly #batch: number;
  /** The images of one pass over the split, in order. */
  #pass: { readonly number: number; readonly index: Int32Array } | undefined;

  constructor(of: RewardsOf) {
    this.#of = of;
    this.#reader = batchReader(of.data, of.data.open('valid'));
    this.#batch = Math.min(of.options.batch, this.#reader.size);
  }

  /** @returns the mean accuracy of the round, in percent, as `reward` */
  round(number: number): Record<string, number> {
    const { paths, options, streams } = this.#of;
    const proposals = paths.propose(options.paths, streams.stream('rewards', number));
    if (typeof proposals === 'string' || proposals.length !== options.paths) {
      throw new ArcherError(
        'ARCHER_PATHS_EMPTY',
        `The path sampler gave ${typeof proposals === 'string' ? 'no' : proposals.length} paths ` +
          `for ${options.paths} rewards.`,
      );
    }
    const accuracies = proposals.map(({ architecture }, at) =>
      this.#accuracy(architecture, number * options.paths + at),
    );
    paths.observe(
      proposals.map((proposal, at): Evaluation<Path> => {
        const metrics = { accuracy: accuracies[at] as number }; // one per proposal
        return { proposal, metrics, cost: { images: this.#batch }, status: 'final' };
      }),
    );
    return { reward: accuracies.reduce((sum, one) => sum + one, 0) / accuracies.length };
  }

  /** In percent, on minibatch `number` since the beginning. */
  #accuracy(path: Path, number: number): number {
    const { network, store } = this.#of;
    const batch = this.#reader.plain(this.#images(number));
    try {
      const forward = { parameters: store, batchNorm: 'batch' } as const;
      const { hits, images } = hitsOver(network, pathGates(path), forward, [batch]);
      return (100 * hits) / images;
    } finally {
      batch.dispose();
    }
  }

  #images(number: number): Int32Array {
    const perPass = Math.floor(this.#reader.size / this.#batch);
    const pass = Math.floor(number / perPass);
    if (this.#pass?.number !== pass) {
      const stream = this.#of.streams.stream('reward-images', pass);
      const all = Int32Array.from({ length: this.#reader.size }, (_, at) => at);
      this.#pass = { number: pass, index: stream.shuffle(all) };
    }
    const from = (number % perPass) * this.#batch;
    return this.#pass.index.slice(from, from + this.#batch);
  }
}
