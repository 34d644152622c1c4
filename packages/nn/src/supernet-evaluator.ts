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
import { ArcherError, isText } from '@archer-nas/core';
import { hitsOver } from './accuracy.ts';
import { BatchList } from './batch-list.ts';
import { pathGates } from './gates.ts';
import type { ArchitecturePath, Network, ParameterSource } from './network.ts';
import { type PathHits, pathHits } from './path-hits.ts';
import { sortedPaths } from './path-plan.ts';
import { recalibrate } from './recalibrate.ts';

/** What a supernet's evaluator needs. */
export interface SupernetEvaluatorOptions<A> {
  readonly network: Network;
  /** Read at every step: training in between changes the scores. */
  readonly parameters: ParameterSource;
  readonly data: Pick<DataSet, 'image' | 'mean' | 'std' | 'augmentation'>;
  /** The options that an architecture takes at the supernet's sites. */
  readonly path: (a: A) => ArchitecturePath;
  /** Images per evaluation batch; 512 unless given. */
  readonly batch?: number;
  /**
   * `batch`: statistics of the evaluation batch (default). Otherwise running statistics are
   * re-estimated for each architecture as the mean over `batches` batches of `split`,
   * without augmentation.
   */
  readonly batchNorm?: 'batch' | { readonly split: DataSplit; readonly batches: number };
}

/** Architectures that are scored on the same batch in one step. */
export const TOGETHER = 32;

/**
 * Inherited accuracy: each proposal's path through the supernet on `context.images`, metric
 * `accuracy` in percent. Its jobs count an architecture on a batch as one. A step takes one batch
 * for up to {@link TOGETHER} architectures, which share what their paths have in common; with
 * re-estimated statistics, which no two paths share, one architecture on all batches.
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

interface SavedScores {
  /** Steps that are complete. */
  readonly steps: number;
  /** Correctly classified images so far, by proposal. */
  readonly hits: Float64Array;
}

class SupernetJob<A> implements EvaluationJob<A> {
  readonly #options: SupernetEvaluatorOptions<A>;
  readonly #proposals: readonly Proposal<A>[];
  readonly #paths: readonly ArchitecturePath[];
  /** Positions of the proposals that are scored together. */
  readonly #groups: readonly (readonly number[])[];
  readonly #images: BatchList;
  readonly #recalibration: BatchList | undefined;
  readonly #hits: Float64Array;
  #steps: number;
  /** Of the group in progress. */
  #scorer: { readonly group: readonly number[]; readonly hits: PathHits } | undefined;

  constructor(
    options: SupernetEvaluatorOptions<A>,
    proposals: readonly Proposal<A>[],
    { images, batches }: EvaluationContext,
    state: State | undefined,
  ) {
    if (images === undefined || isText(images)) {
      throw new ArcherError('ARCHER_IMAGES_MISSING', 'A supernet is scored on images; none given.');
    }
    const { batch = 512, batchNorm = 'batch', data } = options;
    this.#options = options;
    this.#proposals = proposals;
    this.#paths = proposals.map(({ architecture }) => options.path(architecture));
    this.#images = new BatchList(data, images, batch, batches);
    if (batchNorm !== 'batch') {
      this.#recalibration = new BatchList(data, batchNorm.split, batch, batchNorm.batches);
    }
    this.#groups = slices(sortedPaths(this.#paths), batchNorm === 'batch' ? TOGETHER : 1);
    const saved = state as unknown as SavedScores | undefined;
    this.#hits = saved?.hits.slice() ?? new Float64Array(proposals.length);
    this.#steps = saved?.steps ?? 0;
  }

  get state(): State {
    const saved: SavedScores = { steps: this.#steps, hits: this.#hits.slice() };
    return saved as unknown as State;
  }

  get progress() {
    const { group, batch } = this.#position;
    const before = this.#groups.slice(0, group).reduce((sum, { length }) => sum + length, 0);
    const within = batch * (this.#groups[group]?.length ?? 0);
    const done = before * this.#images.length + within;
    const total = this.#proposals.length * this.#images.length;
    return { done, total, unit: 'evaluation' } as const;
  }

  async step(signal: AbortSignal) {
    const { group, batch } = this.#position;
    const members = this.#groups[group];
    if (members === undefined) return {};
    const hits = await this.#count(members, batch, signal);
    for (const [i, at] of members.entries())
      this.#hits[at] = (this.#hits[at] ?? 0) + (hits[i] ?? 0);
    this.#steps += 1;
    return { evaluations: this.#evaluationsOf(this.#position.group > group ? members : []) };
  }

  evaluations(): readonly Evaluation<A>[] {
    return this.#evaluationsOf(this.#groups.slice(0, this.#position.group).flat());
  }

  dispose(): void {
    this.#images.dispose();
    this.#recalibration?.dispose();
  }

  get #position(): { readonly group: number; readonly batch: number } {
    const steps = this.#recalibration === undefined ? this.#images.length : 1;
    return { group: Math.floor(this.#steps / steps), batch: this.#steps % steps };
  }

  async #count(
    group: readonly number[],
    at: number,
    signal: AbortSignal,
  ): Promise<ArrayLike<number>> {
    signal.throwIfAborted();
    const { network, parameters } = this.#options;
    const paths = group.map((member) => this.#paths[member] ?? []);
    if (this.#recalibration !== undefined) return paths.map((path) => this.#recalibrated(path));
    if (this.#scorer?.group !== group) {
      this.#scorer = { group, hits: pathHits(network, parameters, paths) };
    }
    for (const batch of this.#images.readOne(at)) return await this.#scorer.hits.of(batch, signal);
    return [];
  }

  /** Hits on all batches. */
  #recalibrated(path: ArchitecturePath): number {
    const { network, parameters } = this.#options;
    const gates = pathGates(path);
    const batches = this.#recalibration?.read() ?? [];
    const statistics = recalibrate(network, parameters, gates, batches);
    try {
      const forward = { parameters, batchNorm: 'running', statistics } as const;
      return hitsOver(network, gates, forward, this.#images.read()).hits;
    } finally {
      statistics.dispose();
    }
  }

  /** Evaluations of finished proposals, in the proposals' order. */
  #evaluationsOf(members: readonly number[]): Evaluation<A>[] {
    const { images } = this.#images;
    return [...members]
      .sort((a, b) => a - b)
      .map((at) => {
        const proposal = this.#proposals[at] as Proposal<A>; // members are positions of these
        const metrics = { accuracy: (100 * (this.#hits[at] ?? Number.NaN)) / images };
        return { proposal, metrics, cost: { images }, status: 'final' };
      });
  }
}

function slices<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}
