import type { SearchSpace, Stream } from '@archer-nas/core';
import type { tf } from '@archer-nas/engine';

/** A place in a supernet where one of several operations runs (cell × edge). */
export interface Site {
  /** `cell3.edge1`; parameters of its operations start with it. */
  readonly name: string;
  /** The decision of the space that this site is tied to. */
  readonly decision: number;
  /** Names of the candidate operations. */
  readonly options: readonly string[];
  /** Sites with the same node have their outputs added; absent: the space does not say. */
  readonly node?: string;
  /** The option that gives zeros whatever its input is. */
  readonly zero?: number;
  /** Whether its cell is a reduction cell. */
  readonly reduces?: boolean;
  /** Its options are inputs, of which an architecture keeps so many; absent: it has one option. */
  readonly keeps?: number;
  /**
   * The sites of its cell share so many sets of operations, option `o` of set `s` being number
   * `o + s * options.length` of paths and gates; absent: its operations are its own.
   */
  readonly sets?: number;
  /** Its input is the node of this name; said by sites that share sets. */
  readonly from?: string;
}

/**
 * One option per site: a single-path sub-network, whether or not the space's ties hold. Nothing
 * runs at a site whose option is −1.
 */
export type Path = readonly number[];

/** What an architecture runs: an option per site, or those that it keeps; see {@link Site.keeps}. */
export type ArchitecturePath = readonly (number | readonly number[])[];

/** What runs at a site. Nothing outside `support` is computed, forward or backward. */
export interface Gate {
  readonly support: readonly number[];
  /** Mixture weights of the supported options; absent: each has weight one. */
  readonly weights?: tf.Tensor1D;
  /** Multiplies the site's output (edge normalisation, sparse connections). */
  readonly scale?: tf.Tensor;
  /** Candidates see a part of the channels. Set by the network that is built so. */
  readonly partial?: PartialChannels;
  /** Changes the output of an option before it is weighed (drop-path); gives a new map. */
  after?(option: number, y: tf.Tensor4D): tf.Tensor4D;
}

/** The candidates of a site see the first of `of` blocks of channels; the others bypass them. */
export interface PartialChannels {
  readonly of: number;
  /** Of the candidates; default 1. */
  readonly stride?: 1 | 2;
}

/** A parameter that a network reads. */
export interface ParameterSpec {
  readonly name: string;
  readonly shape: readonly number[];
  /** `uniform`: U(±1/√fanIn), PyTorch's default for convolution and linear layers, or U(±bound). */
  readonly init: 'uniform' | 'zeros' | 'ones';
  readonly fanIn?: number;
  readonly bound?: number;
  /** The option of a site that the parameter belongs to; absent: always used. */
  readonly owner?: {
    readonly site: number;
    readonly option: number;
    /** Other sites, the same option of which it belongs to; absent: none. */
    readonly sharedBy?: readonly number[];
  };
}

/** Where a network's parameters come from: owned, sliced, inherited, generated. */
export interface ParameterSource {
  get(name: string, shape: readonly number[]): tf.Tensor;
}

/**
 * Batch statistics always (`batch`), batch statistics that also update the running ones
 * (`train`), or the running ones (`running`).
 */
export type BatchNormMode = 'batch' | 'train' | 'running';

/** Running statistics by layer name. */
export interface NormStatistics {
  get(
    name: string,
    channels: number,
  ): { readonly mean: tf.Tensor1D; readonly variance: tf.Tensor1D };
  /** `count` values per channel; `variance` is biased, the store keeps what PyTorch keeps. */
  update(name: string, mean: tf.Tensor1D, variance: tf.Tensor1D, count: number): void;
}

/** Records a forward pass, to export it; layers free maps once they are read. */
export interface Trace {
  record(
    op: string,
    inputs: readonly tf.Tensor[],
    output: tf.Tensor,
    attributes?: Readonly<Record<string, unknown>>,
  ): void;
  /** A tensor that a pass has made is a weight of this name, as those are that parameters give. */
  named?(weight: tf.Tensor, name: string): void;
}

/** The stream of a name: the same for the same images at the same place of a training. */
export type Draws = (name: string) => Stream;

/** What one forward pass uses. */
export interface Forward {
  readonly parameters: ParameterSource;
  readonly batchNorm: BatchNormMode;
  readonly statistics?: NormStatistics;
  readonly trace?: Trace;
  /** The pass of a weight step: a model whose training has terms of its own adds them. */
  readonly training?: boolean;
  /** For layers that draw. */
  readonly draws?: Draws;
  /** How often the output of an operation is dropped; see `dropPath`. */
  readonly dropPath?: number;
  /** How often a value in front of the classifier is dropped; see `dropout`. */
  readonly dropout?: number;
  /** Takes the logits of the auxiliary head of a network that has one. */
  readonly auxiliary?: (logits: tf.Tensor2D) => void;
}

/** Stands for the images among the inputs of a {@link Piece}. */
export const IMAGES = -1;

/**
 * A part of a single-path forward pass with the batch's statistics: a function of its inputs
 * and of the option at one site, so that paths which agree in these share its result.
 */
export interface Piece {
  readonly name: string;
  /** Positions of earlier pieces, or {@link IMAGES}. */
  readonly inputs: readonly number[];
  /** The site whose option it runs; absent: none. */
  readonly site?: number;
  /**
   * Tells without computing that the result is the input of that number, or zeros; `undefined`:
   * it has to be run.
   *
   * @param zeros which inputs are known to be zeros
   */
  shortcut?(option: number, zeros: readonly boolean[]): number | 'zeros' | undefined;
  /** @param inputs `undefined` for those that are known to be zeros */
  run(
    inputs: readonly (tf.Tensor4D | undefined)[],
    forward: Forward,
    option: number,
  ): tf.Tensor4D | tf.Tensor2D;
}

/** A network or supernet, without values. */
export interface Network {
  readonly classes: number;
  readonly image: { readonly height: number; readonly width: number; readonly channels: number };
  /** Empty for a stand-alone network. */
  readonly sites: readonly Site[];
  readonly parameters: readonly ParameterSpec[];
  /**
   * @param images normalised, shape [batch, height, width, channels]
   * @param gates one per site
   * @returns logits, shape [batch, classes]
   */
  forward(images: tf.Tensor4D, gates: readonly Gate[], forward: Forward): tf.Tensor2D;
  /**
   * The same for single paths, with batch norm `batch`, in pieces, the last of which gives the
   * logits. With them, scoring many paths computes once what they share.
   */
  readonly pieces?: readonly Piece[];
  /** How many of the sites of a {@link Site.node} an architecture has; absent: all. */
  readonly perNode?: number;
  /** Whether passes can have dropout in front of the classifier. */
  readonly dropout?: boolean;
  /** Whether passes can have drop-path. */
  readonly dropPath?: boolean;
  /** Whether it has an auxiliary head, for forward passes that ask for its logits. */
  readonly auxiliary?: boolean;
}

/** What a network is built for. */
export interface NetworkTask {
  readonly classes: number;
  readonly image: { readonly height: number; readonly width: number; readonly channels: number };
  /** A second head for the training; networks without one pay no attention. */
  readonly auxiliary?: boolean;
}

/**
 * What a supernet is built for. A space that builds supernets of other depths provides
 * `supernet:depth`, one that builds them with partial channels `supernet:partial-channels`, one
 * whose cells can share operations between their sites `supernet:shared-operations`.
 */
export interface SupernetTask extends NetworkTask {
  /** Cells, as the space counts them, in place of the space's own. */
  readonly cells?: number;
  /** Candidates see one of so many blocks of channels; default 1. */
  readonly partial?: number;
  /**
   * Where architectures choose several inputs of a node: one option per set of them (`sets`,
   * default), or one per input, for mixtures that weigh each input; see {@link Site.keeps}.
   */
  readonly inputs?: 'sets' | 'each';
  /** Sets of operations that the sites of a cell share; absent: each site has its own. */
  readonly sets?: number;
}

/** A space that can build its networks. Provides `supernet:single-path` and `network`. */
export interface NetworkSpace<A, P extends ArchitecturePath = Path> extends SearchSpace<A> {
  supernet(task: SupernetTask): Network;
  /** The network that is trained alone. */
  network(a: A, task: NetworkTask): Network;
  /** The options that `a` takes at the supernet's sites. */
  path(a: A, supernet: Network): P;
}

/** A space whose supernet can mix operations. Provides `supernet:mixture`. */
export interface MixtureSpace<A, P extends ArchitecturePath = ArchitecturePath>
  extends NetworkSpace<A, P> {
  /**
   * The architecture that a mixture stands for.
   *
   * @param weights per decision of the supernet's sites, one per option
   * @param supernet needed only by spaces whose supernets differ in their options
   */
  derive(weights: readonly ArrayLike<number>[], supernet?: Pick<Network, 'sites'>): A;
}
