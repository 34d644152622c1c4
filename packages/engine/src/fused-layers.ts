import type { tf } from './repaired.ts';

/** Layers that an engine may compute in one kernel each; part of `FusedKernels`. */
export interface FusedLayers {
  /**
   * Separable blocks in a row, with the batch's own statistics. Each is
   * batchNorm(pointwise(depthwise(relu(x)))); the addend joins the last one's result. DARTS's
   * `sep_conv` is two of them, its `dil_conv` one.
   */
  separableBatchNorm?(inputs: SeparableInputs, options: SeparableOptions): SeparableResult;

  /** Σ weight · input, for maps of one shape. Differentiable by all of them. */
  mixture?(inputs: readonly tf.Tensor[], weights: tf.Tensor1D): tf.Tensor;

  /** addend + batchNorm(conv2d(relu(x), filter)) with given statistics. */
  reluConvBatchNormGiven?(
    inputs: GivenNorm & { readonly x: tf.Tensor4D; readonly filter: tf.Tensor4D },
    options: GivenConvolution,
  ): tf.Tensor4D;

  /** addend + batchNorm(pointwise(depthwise(relu(x)))) with given statistics. */
  separableBatchNormGiven?(
    inputs: GivenNorm & {
      readonly x: tf.Tensor4D;
      readonly depthwise: tf.Tensor4D;
      readonly pointwise: tf.Tensor4D;
    },
    options: GivenConvolution,
  ): tf.Tensor4D;

  /** addend + batchNorm(x) with given statistics. */
  batchNormGiven?(
    inputs: GivenNorm & { readonly x: tf.Tensor4D },
    options: { readonly epsilon: number },
  ): tf.Tensor4D;
}

/** Inputs of {@link FusedLayers.separableBatchNorm}, all differentiable. */
export interface SeparableInputs {
  readonly x: tf.Tensor4D;
  readonly blocks: readonly SeparableBlock[];
  /** Added to the result; its shape. */
  readonly addend?: tf.Tensor4D | undefined;
}

/** One separable block: its tensors, all differentiable, and its geometry. */
export interface SeparableBlock {
  /** [k, k, channels, 1] */
  readonly depthwise: tf.Tensor4D;
  /** [1, 1, channels, channels of the result] */
  readonly pointwise: tf.Tensor4D;
  /** [channels of the result]; absent: one, and not learnt. */
  readonly gamma?: tf.Tensor1D | undefined;
  /** [channels of the result]; absent: zero, and not learnt. */
  readonly beta?: tf.Tensor1D | undefined;
  readonly stride: number;
  /** Zero pixels added on each side. */
  readonly pad: number;
  /** 1 unless given. */
  readonly dilation?: number;
}

/** How {@link FusedLayers.separableBatchNorm} computes. */
export interface SeparableOptions {
  /** Whether blocks begin with a ReLU. */
  readonly relu: boolean;
  readonly epsilon: number;
}

/** The last block's output and every block's statistics. */
export interface SeparableResult {
  readonly output: tf.Tensor4D;
  /** Mean and biased variance, [channels]; constants to the gradient. */
  readonly statistics: readonly { readonly mean: tf.Tensor1D; readonly variance: tf.Tensor1D }[];
}

/** A batch norm with given statistics, each [channels]; all differentiable. */
export interface GivenNorm {
  readonly mean: tf.Tensor1D;
  readonly variance: tf.Tensor1D;
  readonly gamma?: tf.Tensor1D | undefined;
  readonly beta?: tf.Tensor1D | undefined;
  /** Added to the result; its shape. */
  readonly addend?: tf.Tensor4D | undefined;
}

/** Geometry of a convolution in front of a given batch norm. */
export interface GivenConvolution {
  readonly relu: boolean;
  readonly stride: number;
  /** Zero pixels added on each side. */
  readonly pad: number;
  /** 1 unless given. */
  readonly dilation?: number;
  readonly epsilon: number;
}
