import type { Progress, Report } from './job.ts';
import type { State } from './state.ts';
import type { Stream } from './stream.ts';

export type SplitName = 'train' | 'valid' | 'test';

/** Images with labels. Pixels are bytes in NHWC order; nothing is normalised or augmented. */
export interface DataSplit {
  readonly name: SplitName;
  readonly size: number;
  /** Class per image, in [0, classes). */
  readonly labels: Int32Array;
  /** Copies the images `index` into `into` (`index.length × height × width × channels`). */
  read(index: Int32Array, into: Uint8Array): void;
}

/** How training images of this data set are usually augmented. */
export interface Augmentation {
  /** Zero-padded pixels on each side before a random crop back to the size; 0: no crop. */
  readonly cropPadding: number;
  readonly flip: boolean;
  /** Side in pixels of a square that is cut out at a random place (cutout); absent: none. */
  readonly cutout?: number;
}

/** A labelled image data set. What a plugin of kind `data` creates. */
export interface DataSet {
  readonly name: string;
  /** Images per training batch, as the manifest asks. */
  readonly batch: number;
  readonly classes: number;
  readonly image: {
    readonly height: number;
    readonly width: number;
    readonly channels: number;
  };
  /** Per channel, of pixels scaled to [0, 1]. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly augmentation: Augmentation;
  /** Identity of the content: part of the fingerprint. */
  readonly hash: string;
  /** Lines for reports: source, sizes, what was held out. */
  readonly description: string;
  /** The splits there are; `test` is withheld from searches by the runtime. */
  readonly splits: readonly SplitName[];
  /** @throws ArcherError `ARCHER_TEST_WITHHELD`, or when there is no such split */
  open(split: SplitName): DataSplit;
}

/** Running text: token after token, in the order of the corpus. */
export interface TextSplit {
  readonly name: SplitName;
  /** Tokens. */
  readonly size: number;
  /** Positions in the vocabulary. */
  readonly tokens: Int32Array;
}

/**
 * A corpus to model. What a plugin of kind `data` creates that provides
 * `data:language-modelling`; it requires `network:language`, for image networks cannot read it.
 */
export interface TextData
  extends Pick<DataSet, 'name' | 'batch' | 'hash' | 'description' | 'splits'> {
  /** Tokens that a training batch has of each of its `batch` parallel streams. */
  readonly window: number;
  /** All tokens, of every split. */
  readonly vocabulary: readonly string[];
  /** @throws ArcherError `ARCHER_TEST_WITHHELD`, or when there is no such split */
  open(split: SplitName): TextSplit;
}

/** A split of either kind. */
export type AnySplit = DataSplit | TextSplit;

/** Whether a split is text; else it has images. */
export function isText(split: AnySplit): split is TextSplit {
  return 'tokens' in split;
}

/** Whether a data set is a corpus; else it has images. */
export function isTextData(data: DataSet | TextData): data is TextData {
  return 'vocabulary' in data;
}

/** Which samples next, and with what weight. What a recipe of kind `order` begins. */
export interface DataOrder {
  /**
   * The training samples of an epoch, in order; `weight` 1/(N q) per draw where the
   * estimator is to be unbiased. `epoch.done` epochs are complete.
   */
  next(epoch: Progress, stream: Stream): { index: Int32Array; weight?: Float32Array };
  /** Scores of the samples just used, in the order drawn. */
  observe(index: Int32Array, score: Float32Array): void;
  /** An epoch has ended. */
  advance?(epoch: Progress): Report;
  readonly state: State;
}

/** What an order may know of the training samples before any is drawn. */
export interface SampleFacts {
  /** Class per sample, in [0, classes). */
  readonly labels: Int32Array;
  readonly classes: number;
}

/** Makes data orders; what a plugin of kind `order` creates. */
export interface OrderRecipe {
  /** Whether `observe` wants per-sample scores. */
  readonly needsScores: boolean;
  /** @param samples absent where the samples are imagined */
  begin(size: number, saved?: State, samples?: SampleFacts): DataOrder;
}
