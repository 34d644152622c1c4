import type { FusedLayers } from './fused-layers.ts';
import type { FusedRecurrent } from './fused-recurrent.ts';
import type { FusedUpdates } from './fused-updates.ts';
import type { tf } from './repaired.ts';

/**
 * Operations of a training step that an engine computes in one kernel each. All are
 * optional: where one is absent, compose it from `tf`. All may be called inside
 * `tf.grads` and its relatives and are differentiable once, by the inputs that say so.
 * Images are NHWC. Tensors that come out belong to the caller's tidy scope.
 */
export interface FusedKernels extends FusedLayers, FusedRecurrent, FusedUpdates {
  /** addend + batchNorm(conv2d(relu(x), filter)), with the batch's own statistics. */
  reluConvBatchNorm?(inputs: ConvBatchNormInputs, options: ConvBatchNormOptions): Normalised;

  /** addend + batchNorm(x), with the batch's own statistics. */
  batchNorm?(inputs: BatchNormInputs, options: { readonly epsilon: number }): Normalised;

  /** addend + the average of the window's pixels that lie inside of the image. */
  averagePool?(
    inputs: { readonly x: tf.Tensor4D; readonly addend?: tf.Tensor4D | undefined },
    options: PoolOptions,
  ): tf.Tensor4D;

  /**
   * Softmax cross entropy of each sample, in nats.
   *
   * @param logits [n, classes]; `losses` is differentiable by them
   * @param labels [n], int32, each in [0, classes)
   */
  softmaxCrossEntropy?(
    logits: tf.Tensor2D,
    labels: tf.Tensor1D,
  ): {
    /** [n] */
    readonly losses: tf.Tensor1D;
    /** Gradients of the losses by the logits, softmax − one-hot, [n, classes]; constants. */
    readonly errors: tf.Tensor2D;
  };

  /**
   * Rows of a table, [n, width]; differentiable by it.
   *
   * @param tokens [n], int32, each a row of the table
   */
  embedding?(table: tf.Tensor2D, tokens: tf.Tensor1D): tf.Tensor2D;

  /**
   * Softmax cross entropy of states · tableᵀ + bias, whose logits are not there all at once.
   *
   * @param labels [n], int32, each a row of the table
   * @param factors [n], what losses are multiplied with in the mean
   */
  decodedCrossEntropy?(
    inputs: DecoderInputs,
    labels: tf.Tensor1D,
    factors: tf.Tensor1D,
  ): DecodedLosses;

  /**
   * One step of SGD for each parameter, as PyTorch defines it: weight decay joins the
   * gradient before momentum, and the velocity starts at zero. Clones that were made of
   * `value` or `velocity` before are invalid afterwards. Not differentiable.
   */
  sgdStep?(parameters: Iterable<SgdParameter>, options: SgdOptions): void;

  /**
   * Adds `term` to `sum`, of the same shape, in its own memory; not differentiable.
   *
   * @returns false, and nothing is done, where something else shares that memory
   */
  addInPlace?(sum: tf.Tensor, term: tf.Tensor): boolean;
}

/** Inputs of {@link FusedKernels.decodedCrossEntropy}, all differentiable. */
export interface DecoderInputs {
  /** [n, width] */
  readonly states: tf.Tensor2D;
  /** [classes, width] */
  readonly table: tf.Tensor2D;
  /** [classes] */
  readonly bias: tf.Tensor1D;
}

/** What {@link FusedKernels.decodedCrossEntropy} gives; only `mean` is differentiable. */
export interface DecodedLosses {
  /** Σ factor · loss. */
  readonly mean: tf.Scalar;
  /** In nats, [n]. */
  readonly losses: tf.Tensor1D;
  /** ‖softmax − one-hot‖₂, [n]. */
  readonly lengths: tf.Tensor1D;
  /** One where the first of the largest logits is the label's, else zero, [n]. */
  readonly hits: tf.Tensor1D;
}

/** A square pooling window. */
export interface PoolOptions {
  readonly size: number;
  readonly stride: number;
  /** Pixels added on each side. */
  readonly pad: number;
}

/** Inputs of {@link FusedKernels.batchNorm}, all differentiable. */
export interface BatchNormInputs {
  readonly x: tf.Tensor4D;
  /** [channels]; absent: one, and not learnt. */
  readonly gamma?: tf.Tensor1D | undefined;
  /** [channels]; absent: zero, and not learnt. */
  readonly beta?: tf.Tensor1D | undefined;
  /** Added to the result; its shape. */
  readonly addend?: tf.Tensor4D | undefined;
  /**
   * [channels]; a bias in front of the normalisation, which cancels it: it changes nothing, its
   * gradient is exactly zero, and the mean is without it.
   */
  readonly inputBias?: tf.Tensor1D | undefined;
}

/** Inputs of {@link FusedKernels.reluConvBatchNorm}, all differentiable. */
export interface ConvBatchNormInputs extends BatchNormInputs {
  /** [height, width, channels of x, channels of the result] */
  readonly filter: tf.Tensor4D;
}

/** How {@link FusedKernels.reluConvBatchNorm} convolves. */
export interface ConvBatchNormOptions {
  /** Whether the ReLU is there. */
  readonly relu: boolean;
  readonly stride: number;
  /** Zero pixels added on each side. */
  readonly pad: number;
  /** 1 unless given. */
  readonly dilation?: number;
  readonly epsilon: number;
  /** `false` spares the gradient by x, of images for example; asking for it is undefined. */
  readonly inputGradient?: boolean;
}

/** A normalised tensor and what it was normalised with. */
export interface Normalised {
  readonly output: tf.Tensor4D;
  /** [channels]; a constant to the gradient. */
  readonly mean: tf.Tensor1D;
  /** [channels], biased, without epsilon; a constant to the gradient. */
  readonly variance: tf.Tensor1D;
}

/** A parameter of {@link FusedKernels.sgdStep}. */
export interface SgdParameter {
  readonly value: tf.Variable;
  readonly velocity: tf.Variable;
  /** Absent: zero; decay and momentum still act. */
  readonly gradient?: tf.Tensor | undefined;
}

/** Settings of {@link FusedKernels.sgdStep}. */
export interface SgdOptions {
  readonly learningRate: number;
  readonly momentum: number;
  readonly weightDecay: number;
  readonly nesterov: boolean;
  /** Multiplies the gradients first: the coefficient of a clipping. 1 unless given. */
  readonly scale?: number;
}
