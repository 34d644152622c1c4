import {
  type DataSet,
  isTextData,
  type MetricSpec,
  type Streams,
  type TextData,
  type TextSplit,
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
  TokenBatches,
  textLoss,
  type WindowOptions,
} from '@archer-nas/nn';

const ACCURACY: MetricSpec = { name: 'accuracy', unit: '%', direction: 'maximise' };
const PERPLEXITY: MetricSpec = { name: 'perplexity', unit: '', direction: 'minimise' };

/** What rewards are made of on these data: accuracies of images, perplexities of text. */
export function rewardMetric(data: DataSet | TextData): MetricSpec {
  return isTextData(data) ? PERPLEXITY : ACCURACY;
}

/** What minibatches are scored with. */
export interface RewardBatchesOf<N = Model | Network, D = DataSet | TextData> {
  readonly network: N;
  readonly store: ParameterStore;
  readonly data: D;
  /** Images of a minibatch; one of text is a window of the data's size. */
  readonly batch: number;
  readonly streams: Streams;
}

/** The minibatches of the valid split that rewards are measured on, one after the other. */
export interface RewardBatches {
  /** Samples of a minibatch: images, or tokens. */
  readonly size: number;
  /** The reward metric of a path with the shared weights, on minibatch `number` of all. */
  measure(path: Path, number: number): number;
}

/** Minibatches of images or of text. Data and network are of one kind: their space made both. */
export function rewardBatches({ network, data, ...of }: RewardBatchesOf): RewardBatches {
  if (isTextData(data)) return new TextRewards({ ...of, data, network: network as Model });
  return new ImageRewards({ ...of, data, network: network as Network });
}

/** Accuracies in percent, with the minibatch's statistics; a last, smaller one is left out. */
class ImageRewards implements RewardBatches {
  readonly size: number;
  readonly #of: RewardBatchesOf<Network, DataSet>;
  readonly #reader: BatchReader;
  readonly #passes: ShuffledPasses;

  constructor(of: RewardBatchesOf<Network, DataSet>) {
    this.#of = of;
    this.#reader = batchReader(of.data, of.data.open('valid'));
    this.size = Math.min(of.batch, this.#reader.size);
    this.#passes = new ShuffledPasses(this.#reader.size, of.streams);
  }

  measure(path: Path, number: number): number {
    const { network, store } = this.#of;
    const batch = this.#reader.plain(this.#passes.take(this.size, number));
    try {
      const forward = { parameters: store, batchNorm: 'batch' } as const;
      const { hits, images } = hitsOver(network, pathGates(path), forward, [batch]);
      return (100 * hits) / images;
    } finally {
      batch.dispose();
    }
  }
}

/** Perplexities of windows in all lanes at once, to which nothing is carried. */
class TextRewards implements RewardBatches {
  readonly size: number;
  readonly #of: Omit<RewardBatchesOf<Model>, 'data'>;
  readonly #text: TextSplit;
  readonly #windows: WindowOptions;
  readonly #passes: ShuffledPasses;

  constructor({ data, ...of }: RewardBatchesOf<Model, TextData>) {
    const { batch: lanes, window } = data;
    this.#of = of;
    this.#text = data.open('valid');
    this.#windows = { lanes, window };
    const { span } = new TokenBatches(this.#text, this.#windows);
    this.size = lanes * Math.min(window, span);
    this.#passes = new ShuffledPasses(Math.max(1, Math.floor(span / window)), of.streams);
  }

  measure(path: Path, number: number): number {
    const { network, store } = this.#of;
    const [first = 0] = this.#passes.take(1, number);
    const options = { ...this.#windows, first, batches: 1 };
    return Math.exp(textLoss(network, store, pathGates(path), this.#text, options));
  }
}

/** Numbers below `size` again and again, each time in another random order. */
class ShuffledPasses {
  readonly #size: number;
  readonly #streams: Streams;
  #pass: { readonly number: number; readonly index: Int32Array } | undefined;

  constructor(size: number, streams: Streams) {
    this.#size = size;
    this.#streams = streams;
  }

  /** Group `number` of all groups of `count`; what does not fill a group is left out. */
  take(count: number, number: number): Int32Array {
    const perPass = Math.floor(this.#size / count);
    const pass = Math.floor(number / perPass);
    if (this.#pass?.number !== pass) {
      const stream = this.#streams.stream('reward-images', pass);
      const all = Int32Array.from({ length: this.#size }, (_, at) => at);
      this.#pass = { number: pass, index: stream.shuffle(all) };
    }
    const from = (number % perPass) * count;
    return this.#pass.index.slice(from, from + count);
  }
}
