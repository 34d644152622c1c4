import type {
  DataSet,
  DataSplit,
  Evaluation,
  EvaluationContext,
  EvaluationJob,
  Evaluator,
  Proposal,
  State,
} from '@archer-nas/core';
import { ArcherError } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { accuracyOver, batchIndices } from './accuracy.ts';
import { type Batch, batchReader } from './batches.ts';
import { pathGates } from './gates.ts';
import type { Forward, Gate, Network, ParameterSource, Path } from './network.ts';
import { RunningStatistics } from './norm-statistics.ts';

/** What a supernet's evaluator needs. */
export interface SupernetEvaluatorOptions<A> {
  readonly network: Network;
  /** Read at every step: training in between changes the scores. */
  readonly parameters: ParameterSource;
  readonly data: Pick<DataSet, 'image' | 'mean' | 'std' | 'augmentation'>;
  /** The options that an architecture takes at the supernet's sites. */
  readonly path: (a: A) => Path;
  /** Images per evaluation batch; 512 unless given. */
  readonly batch?: number;
  /**
   * `batch`: statistics of the evaluation batch (default). Otherwise running statistics are
   * re-estimated for each architecture as the mean over `batches` batches of `split`,
   * without augmentation.
   */
  readonly batchNorm?: 'batch' | { readonly split: DataSplit; readonly batches: number };
}

/**
 * Inherited accuracy: each proposal's path through the supernet on `context.images`, metric
 * `accuracy` in percent. A job's step evaluates one architecture.
 */
export function supernetEvaluator<A>(options: SupernetEvaluatorOptions<A>): Evaluator<A> {
  const { batch = 512, batchNorm = 'batch' } = options;
  const norm =
    batchNorm === 'batch'
      ? 'statistics of the batch'
      : `statistics re-estimated on ${batchNorm.batches} batches of ${batchNorm.split.name}`;
  return {
    metrics: [{ name: 'accuracy', unit: '%', direction: 'maximise' }],
    description: `accuracy with inherited weights, batches of ${batch}, batch norm with ${norm}`,
    start: (proposals, context, saved) => new SupernetJob(options, proposals, context, saved),
  };
}

/** Normalised evaluation images up to this size stay on the device between architectures. */
const CACHE_BYTES = 256 * 2 ** 20;

class SupernetJob<A> implements EvaluationJob<A> {
  readonly #options: SupernetEvaluatorOptions<A>;
  readonly #proposals: readonly Proposal<A>[];
  readonly #images: BatchList;
  readonly #recalibration: BatchList | undefined;
  readonly #accuracies: number[];

  constructor(
    options: SupernetEvaluatorOptions<A>,
    proposals: readonly Proposal<A>[],
    { images, batches }: EvaluationContext,
    saved: State | undefined,
  ) {
    if (images === undefined) {
      throw new ArcherError('ARCHER_IMAGES_MISSING', 'A supernet is scored on images; none given.');
    }
    const { batch = 512, batchNorm = 'batch', data } = options;
    this.#options = options;
    this.#proposals = proposals;
    this.#images = new BatchList(data, images, batch, batches);
    if (batchNorm !== 'batch') {
      this.#recalibration = new BatchList(data, batchNorm.split, batch, batchNorm.batches);
    }
    const done = (saved as { readonly accuracies: Float64Array } | undefined)?.accuracies;
    this.#accuracies = [...(done ?? [])];
  }

  get state(): State {
    return { accuracies: Float64Array.from(this.#accuracies) };
  }

  get progress() {
    const { length } = this.#proposals;
    return { done: this.#accuracies.length, total: length, unit: 'evaluation' } as const;
  }

  async step() {
    const at = this.#accuracies.length;
    const proposal = this.#proposals[at];
    if (proposal === undefined) return {};
    this.#accuracies.push(this.#accuracy(pathGates(this.#options.path(proposal.architecture))));
    return { evaluations: [this.#evaluation(proposal, at)] };
  }

  evaluations(): readonly Evaluation<A>[] {
    return this.#proposals
      .slice(0, this.#accuracies.length)
      .map((proposal, at) => this.#evaluation(proposal, at));
  }

  dispose(): void {
    this.#images.dispose();
    this.#recalibration?.dispose();
  }

  #accuracy(gates: readonly Gate[]): number {
    const { network, parameters } = this.#options;
    const read = () => this.#images.read();
    if (this.#recalibration === undefined) {
      return accuracyOver(network, gates, { parameters, batchNorm: 'batch' }, read);
    }
    const statistics = recalibrate(network, parameters, gates, this.#recalibration.read());
    try {
      return accuracyOver(network, gates, { parameters, batchNorm: 'running', statistics }, read);
    } finally {
      statistics.dispose();
    }
  }

  #evaluation(proposal: Proposal<A>, at: number): Evaluation<A> {
    const { images } = this.#images;
    const metrics = { accuracy: this.#accuracies[at] ?? Number.NaN };
    return { proposal, metrics, cost: { images }, status: 'final' };
  }
}

/**
 * Batch-norm statistics of a path as the plain mean over `batches` (variances unbiased), the
 * closest to the population that these images allow. The caller disposes them.
 */
export function recalibrate(
  network: Network,
  parameters: ParameterSource,
  gates: readonly Gate[],
  batches: Iterable<Batch>,
): RunningStatistics {
  const statistics = new RunningStatistics({ momentum: 'cumulative' });
  const forward: Forward = { parameters, batchNorm: 'train', statistics };
  for (const { images } of batches) {
    tf.tidy(() => void network.forward(images, gates, forward));
  }
  return statistics;
}

/** The first batches of a split, read again and again; kept on the device when they fit. */
class BatchList {
  readonly images: number;
  readonly #load: (index: Int32Array) => Batch;
  readonly #indices: readonly Int32Array[];
  readonly #cached: Batch[] = [];
  readonly #keep: boolean;

  constructor(
    data: SupernetEvaluatorOptions<unknown>['data'],
    split: DataSplit,
    batch: number,
    batches: 'all' | number,
  ) {
    const { height, width, channels } = data.image;
    this.#load = batchReader(data, split).plain;
    this.#indices = batchIndices(split.size, batch, batches);
    this.images = this.#indices.reduce((sum, { length }) => sum + length, 0);
    this.#keep = this.images * height * width * channels * 4 <= CACHE_BYTES;
  }

  *read(): Iterable<Batch> {
    for (const [at, index] of this.#indices.entries()) {
      const batch = this.#cached[at] ?? this.#load(index);
      if (this.#keep) this.#cached[at] = batch;
      yield batch;
      if (!this.#keep) batch.dispose();
    }
  }

  dispose(): void {
    for (const batch of this.#cached) batch.dispose();
    this.#cached.length = 0;
  }
}
