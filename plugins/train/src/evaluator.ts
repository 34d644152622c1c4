import {
  ArcherError,
  type Budget,
  canonicalJson,
  createStreams,
  type DataSet,
  type Evaluation,
  type EvaluationContext,
  type EvaluationJob,
  type Evaluator,
  EXIT,
  isText,
  type Proposal,
  type Report,
  type State,
  sha256Hex,
} from '@archer-nas/core';
import { batchReader, type Network, type NetworkSpace } from '@archer-nas/nn';
import type { TrainOptions } from './options.ts';
import { type EpochSums, stepsPerEpoch, Training, trainingImages } from './training.ts';

/**
 * Trains each proposal alone on the train split and scores it on `context.images` (the valid
 * split where a context has none), metric `accuracy` in percent. A step of its jobs is one optimiser step; the last of a proposal also
 * scores it. A budget in epochs replaces the option `epochs`.
 */
export function trainEvaluator<A>(
  space: NetworkSpace<A>,
  data: DataSet,
  { engineClass, ...options }: TrainOptions & { readonly engineClass: string },
): Evaluator<A> {
  const images = trainingImages(data, options);
  const { epochs, lr } = options;
  return {
    get identity() {
      const recipe = { options, engineClass, data: data.hash, batch: data.batch };
      return canonicalJson({
        train: 1,
        ...recipe,
        networks: networksIdentity(space as NetworkSpace<unknown>, data),
      });
    },
    metrics: [{ name: 'accuracy', unit: '%', direction: 'maximise' }],
    description:
      `trained alone for ${epochs} epochs on ${images} images of ${data.name} ` +
      `(batch ${data.batch}, learning rate ${lr} to ${options.minLr}, one run per architecture)`,
    start: (proposals, context, saved) =>
      new TrainingJob({ space, data, options }, proposals, context, saved),
  };
}

/**
 * The names and shapes of all parameters tell a space's networks apart: channels, cells. A supernet
 * may have another size, so that one of the networks is looked at too.
 */
function networksIdentity(space: NetworkSpace<unknown>, { classes, image }: DataSet): string {
  const task = { classes, image };
  const example = space.sample(createStreams(0).stream('example'));
  const networks = [space.supernet(task), space.network(example, task)];
  const parameters = networks.map((network) =>
    network.parameters.map(({ name, shape }) => ({ name, shape })),
  );
  return sha256Hex(canonicalJson(parameters));
}

/** @throws ArcherError `ARCHER_CAPABILITY` where an auxiliary head is asked of a space without one */
function networkOf<A>(
  space: NetworkSpace<A>,
  architecture: A,
  { data: { classes, image }, options }: Pick<Parts<A>, 'data' | 'options'>,
): Network {
  const auxiliary = options.auxiliary > 0;
  const network = space.network(architecture, { classes, image, auxiliary });
  if (!auxiliary || network.auxiliary) return network;
  throw new ArcherError(
    'ARCHER_CAPABILITY',
    `The networks of ${space.name} have no auxiliary head, but auxiliary is ${options.auxiliary}.`,
    { hint: 'Set auxiliary to 0, or use a space such as darts.', exit: EXIT.manifest },
  );
}

interface Parts<A> {
  readonly space: NetworkSpace<A>;
  readonly data: DataSet;
  readonly options: TrainOptions;
}

interface SavedJob {
  readonly done: number;
  readonly accuracies: Float64Array;
  readonly losses: Float64Array;
  readonly training: State;
}

class TrainingJob<A> implements EvaluationJob<A> {
  readonly #parts: Parts<A>;
  readonly #proposals: readonly Proposal<A>[];
  readonly #context: EvaluationContext;
  readonly #images: ReturnType<typeof batchReader>;
  /** Optimiser steps that are complete before each proposal, and after the last. */
  readonly #offsets: readonly number[];
  /** Of the finished proposals: accuracy in percent, and mean loss of the last epoch. */
  readonly #accuracies: number[];
  readonly #losses: number[];
  #done: number;
  /** Made at the first step of a proposal. */
  #training: Training | undefined;

  constructor(
    parts: Parts<A>,
    proposals: readonly Proposal<A>[],
    context: EvaluationContext,
    state: State | undefined,
  ) {
    const saved = state as unknown as SavedJob | undefined;
    this.#parts = parts;
    this.#proposals = proposals;
    this.#context = context;
    const images = context.images ?? parts.data.open('valid');
    if (isText(images)) throw new TypeError('networks of images are scored on images, not on text');
    this.#images = batchReader(parts.data, images);
    const perEpoch = stepsPerEpoch(parts.data, parts.options);
    this.#offsets = runningSums(proposals.map((proposal) => this.#epochs(proposal) * perEpoch));
    this.#done = saved?.done ?? 0;
    this.#accuracies = [...(saved?.accuracies ?? [])];
    this.#losses = [...(saved?.losses ?? [])];
    const current = proposals[this.#accuracies.length];
    if (saved && saved.training !== null && current) {
      this.#training = this.#train(current, saved.training);
    }
  }

  get state(): State {
    const saved: SavedJob = {
      done: this.#done,
      accuracies: Float64Array.from(this.#accuracies),
      losses: Float64Array.from(this.#losses),
      training: this.#training?.state ?? null,
    };
    return saved as unknown as State;
  }

  get progress() {
    return { done: this.#done, total: this.#offsets.at(-1) ?? 0, unit: 'step' } as const;
  }

  async step(): Promise<Report> {
    const at = this.#accuracies.length;
    const proposal = this.#proposals[at];
    if (proposal === undefined) return {};
    this.#training ??= this.#train(proposal);
    const sums = this.#training.step();
    this.#done += 1;
    const steps = this.#done - (this.#offsets[at] ?? 0);
    const perEpoch = stepsPerEpoch(this.#parts.data, this.#parts.options);
    if (steps % perEpoch !== 0) return {};
    const metrics = epochMetrics(at, steps / perEpoch, sums);
    if (this.#done < (this.#offsets[at + 1] ?? 0)) return { metrics };
    return { metrics, evaluations: [this.#finish(proposal, this.#training, sums)] };
  }

  evaluations(): readonly Evaluation<A>[] {
    return this.#proposals
      .slice(0, this.#accuracies.length)
      .map((proposal, at) => this.#evaluation(proposal, at));
  }

  dispose(): void {
    this.#training?.dispose();
  }

  #train(proposal: Proposal<A>, saved?: State): Training {
    const { space, data, options } = this.#parts;
    const parts = {
      network: networkOf(space, proposal.architecture, this.#parts),
      data,
      options: { ...options, epochs: this.#epochs(proposal) },
      streams: this.#context.streams.scope(`train/${space.id(proposal.architecture)}`),
    };
    return new Training(parts, saved);
  }

  #finish(proposal: Proposal<A>, training: Training, sums: EpochSums): Evaluation<A> {
    const at = this.#accuracies.length;
    this.#accuracies.push(training.accuracy(this.#images, this.#context.batches));
    this.#losses.push(sums.loss / sums.images);
    training.dispose();
    this.#training = undefined;
    return this.#evaluation(proposal, at);
  }

  #evaluation(proposal: Proposal<A>, at: number): Evaluation<A> {
    const { data, options } = this.#parts;
    const epochs = this.#epochs(proposal);
    const loss = this.#losses[at] ?? Number.NaN;
    const diverged = !Number.isFinite(loss);
    return {
      proposal,
      budget: { amount: epochs, unit: 'epoch' },
      metrics: { accuracy: this.#accuracies[at] ?? Number.NaN, 'train-loss': loss },
      cost: { epochs, images: epochs * trainingImages(data, options) },
      status: diverged ? 'failed' : 'final',
      ...(diverged ? { reason: `the training diverged: its last loss is ${loss}` } : {}),
    };
  }

  #epochs({ budget = this.#context.budget }: Proposal<A>): number {
    return budget === undefined ? this.#parts.options.epochs : epochsOf(budget);
  }
}

/** @throws ArcherError `ARCHER_BUDGET` unless it is a whole number of epochs, at least one */
function epochsOf({ amount, unit }: Budget): number {
  if (unit === 'epoch' && Number.isInteger(amount) && amount >= 1) return amount;
  throw new ArcherError(
    'ARCHER_BUDGET',
    `A training alone takes a budget in whole epochs, at least 1; given: ${amount} ${unit}.`,
  );
}

/** 0, a, a + b, … */
function runningSums(values: readonly number[]): number[] {
  const sums = [0];
  for (const value of values) sums.push((sums.at(-1) ?? 0) + value);
  return sums;
}

function epochMetrics(at: number, epoch: number, { loss, correct, images }: EpochSums) {
  return {
    proposal: at,
    epoch,
    'train-loss': loss / images,
    'train-accuracy': (100 * correct) / images,
  };
}
