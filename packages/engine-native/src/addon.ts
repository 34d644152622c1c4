import { createRequire } from 'node:module';
import type { LayerKernels } from './layer-kernels.ts';

/** A tensor's numbers, or nothing where an optional one is absent. */
type Maybe = Float32Array | null;

/**
 * The compiled kernels. Shapes are Int32Arrays as `shapes.ts` makes them; outputs are arguments
 * and are written completely. Every argument is checked: wrong ones throw.
 */
export interface Kernels extends LayerKernels {
  conv(shape: Int32Array, x: Float32Array, w: Float32Array, y: Float32Array): void;
  convInputGradient(shape: Int32Array, dy: Float32Array, w: Float32Array, dx: Float32Array): void;
  convFilterGradient(shape: Int32Array, x: Float32Array, dy: Float32Array, dw: Float32Array): void;
  depthwise(shape: Int32Array, x: Float32Array, w: Float32Array, y: Float32Array): void;
  depthwiseInputGradient(
    shape: Int32Array,
    dy: Float32Array,
    w: Float32Array,
    dx: Float32Array,
  ): void;
  depthwiseFilterGradient(
    shape: Int32Array,
    x: Float32Array,
    dy: Float32Array,
    dw: Float32Array,
  ): void;
  /** `y` is for the gradient alone: floats, or on a path for bf16 half as many with two numbers each. */
  convBatchNorm(
    shape: Int32Array,
    epsilon: number,
    relu: boolean,
    x: Float32Array,
    w: Float32Array,
    gamma: Maybe,
    beta: Maybe,
    addend: Maybe,
    y: Float32Array,
    z: Float32Array,
    mean: Float32Array,
    variance: Float32Array,
  ): void;
  convBatchNormGradient(
    shape: Int32Array,
    epsilon: number,
    relu: boolean,
    /** Whether dx is a sum to add to. */
    add: boolean,
    dz: Float32Array,
    x: Float32Array,
    y: Float32Array,
    w: Float32Array,
    gamma: Maybe,
    mean: Float32Array,
    variance: Float32Array,
    dx: Maybe,
    dw: Float32Array,
    dgamma: Float32Array,
    dbeta: Float32Array,
  ): void;
  batchNorm(
    shape: Int32Array,
    epsilon: number,
    x: Float32Array,
    gamma: Maybe,
    beta: Maybe,
    addend: Maybe,
    z: Float32Array,
    mean: Float32Array,
    variance: Float32Array,
  ): void;
  batchNormGradient(
    shape: Int32Array,
    epsilon: number,
    dz: Float32Array,
    x: Float32Array,
    gamma: Maybe,
    mean: Float32Array,
    variance: Float32Array,
    dx: Float32Array,
    dgamma: Float32Array,
    dbeta: Float32Array,
  ): void;
  batchNormGiven(
    shape: Int32Array,
    epsilon: number,
    x: Float32Array,
    gamma: Maybe,
    beta: Maybe,
    mean: Float32Array,
    variance: Float32Array,
    z: Float32Array,
  ): void;
  maxPool(shape: Int32Array, x: Float32Array, y: Float32Array): void;
  maxPoolGradient(shape: Int32Array, x: Float32Array, dy: Float32Array, dx: Float32Array): void;
  averagePool(shape: Int32Array, x: Float32Array, addend: Maybe, y: Float32Array): void;
  /** `add`: dx is a sum to add to. */
  averagePoolGradient(shape: Int32Array, add: boolean, dy: Float32Array, dx: Float32Array): void;
  unary(operation: number, size: number, x: Float32Array, y: Float32Array): void;
  binary(
    operation: number,
    shape: Int32Array,
    a: Float32Array,
    b: Float32Array,
    y: Float32Array,
  ): void;
  sumAll(size: number, inputs: readonly Float32Array[], y: Float32Array): void;
  /** y[o, i] = scale · Σₙ x[o, n, i] */
  sum(
    outer: number,
    n: number,
    inner: number,
    scale: number,
    x: Float32Array,
    y: Float32Array,
  ): void;
  fill(size: number, value: number, y: Float32Array): void;
  copy(shape: Int32Array, from: Float32Array, to: Float32Array): void;
  matmul(shape: Int32Array, a: Float32Array, b: Float32Array, y: Float32Array): void;
  crossEntropy(
    samples: number,
    classes: number,
    logits: Float32Array,
    labels: Int32Array,
    losses: Float32Array,
    errors: Float32Array,
  ): void;
  sgd(
    size: number,
    rate: number,
    momentum: number,
    decay: number,
    /** Multiplies the gradient first. */
    scale: number,
    nesterov: boolean,
    w: Float32Array,
    v: Float32Array,
    gradient: Maybe,
    newW: Float32Array,
    newV: Float32Array,
  ): void;
}

/** The kernels of one build, and what they run on. */
export interface Addon extends Kernels {
  /**
   * Memory outside of the JavaScript heap, aligned for vectors; its contents are undefined. A
   * buffer of its own, or a part of one, then as an array.
   */
  buffer(bytes: number): ArrayBuffer | Float32Array;
  setThreads(count: number): void;
  /** The instruction-set paths that this processor can run, best first. */
  paths(): string[];
  /** Takes one of {@link paths}, by its position. */
  usePath(position: number): void;
  /** Those that multiply bf16 numbers and sum in floats, best first; often none. */
  bf16Paths(): string[];
  /** Takes one of {@link bf16Paths}, by its position. */
  useBf16Path(position: number): void;
}

/** Operations of {@link Addon.unary}, in the addon's order. */
export const UNARY = {
  relu: 0,
  negate: 1,
  square: 2,
  root: 3,
  inverseRoot: 4,
  reciprocal: 5,
  absolute: 6,
  step: 7,
} as const;

/** Operations of {@link Addon.binary}, in the addon's order. */
export const BINARY = {
  add: 0,
  subtract: 1,
  multiply: 2,
  divide: 3,
  maximum: 4,
  minimum: 5,
  squaredDifference: 6,
  /** a where b > 0, else 0 */
  reluGradient: 7,
} as const;

/** The addon as `install.mjs` has built it, or why it does not load. */
export function loadAddon(): { readonly addon: Addon } | { readonly unavailable: string } {
  try {
    return { addon: createRequire(import.meta.url)('../build/archer.node') as Addon };
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    if (code === 'MODULE_NOT_FOUND') {
      return { unavailable: 'its addon is not built: run `npm rebuild` where g++ or clang++ is' };
    }
    return { unavailable: `its addon does not load: ${message.split('\n')[0]}` };
  }
}
