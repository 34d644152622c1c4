import { tf } from '@archer-nas/engine';
import { sizeOf } from './layered.ts';
import type { ParameterSource, ParameterSpec } from './network.ts';

/** Of the leaky ReLU; SMASH's released code. */
const SLOPE = 0.02;

/** The sizes and norms of a {@link hyperNetwork}. */
export interface HyperNetworkOptions {
  /** Widths of the hidden layers; none: it is linear. */
  readonly hidden: readonly number[];
  /** Numbers that it emits at once. A weight is cut from as many chunks as it needs. */
  readonly chunk: number;
  /** Whether each weight that it emits is divided by its norm, W/‖W‖. */
  readonly normalise: boolean;
  /** Whether each matrix of its own is. */
  readonly weightNorm: boolean;
}

/** What a hypernetwork is told. */
export interface CodeShape {
  /** Numbers of a code. */
  readonly length: number;
  /** How many of them are one, the others being zero. */
  readonly ones: number;
}

/** A network that emits weights of another; its parameters are in the store of others. */
export interface HyperNetwork {
  /** Its matrices, [inputs, outputs], layer by layer. */
  readonly parameters: readonly ParameterSpec[];
  /** By name, weights of those it was made for, all from one code. Differentiable. */
  emit(
    c: readonly number[],
    weights: readonly ParameterSpec[],
    parameters: ParameterSource,
  ): ReadonlyMap<string, tf.Tensor>;
}

/**
 * A hypernetwork (Ha et al., ICLR 2017) that reads a code, W_w = [… H_L σ(… σ(H_0 [c; w; j])), …]: chunk j of
 * weight w, where w and j are one-hot. It has no biases, and σ is a leaky ReLU.
 *
 * @param name parameters' names start with it
 * @param weights all that it may emit
 */
export function hyperNetwork(
  name: string,
  { length, ones }: CodeShape,
  weights: readonly ParameterSpec[],
  { hidden, chunk, normalise, weightNorm }: HyperNetworkOptions,
): HyperNetwork {
  const chunksOf = (spec: ParameterSpec) => Math.ceil(sizeOf([spec]) / chunk);
  const parts = [length, weights.length, Math.max(0, ...weights.map(chunksOf))];
  const widths = [parts.reduce((sum, part) => sum + part), ...hidden, chunk];
  const layers = widths.slice(1).map((width, l): ParameterSpec => {
    const inputs = widths[l] as number; // one more than layers
    const fanIn = l === 0 ? ones + 2 : inputs; // ones in [c; w; j]
    return { name: `${name}.${l}`, shape: [inputs, width], init: 'uniform', fanIn };
  });
  const matrix = (parameters: ParameterSource, { name, shape }: ParameterSpec): tf.Tensor2D => {
    const H = parameters.get(name, shape) as tf.Tensor2D;
    return weightNorm ? normalised(H) : H;
  };
  return {
    parameters: layers,
    emit(c, wanted, parameters) {
      const [H0, ...H] = layers.map((layer) => matrix(parameters, layer));
      const [ofCode, ofWeight, ofChunk] = tf.split(H0 as tf.Tensor2D, parts) as [
        ...[tf.Tensor2D, tf.Tensor2D, tf.Tensor2D],
      ];
      const constant = tf.matMul(tf.tensor2d([...c], [1, length]), ofCode);
      const alike = (group: readonly ParameterSpec[]) => {
        const [first] = group as [ParameterSpec];
        const w = tf.tensor2d(group.map((spec) => weights.map((one) => Number(one === spec))));
        const rows = tf.add(constant, tf.matMul(w, ofWeight));
        const j = tf.slice(ofChunk, 0, chunksOf(first));
        const inputs = tf.add(tf.expandDims(rows, 1), j);
        const x: tf.Tensor2D = tf.reshape(inputs, [-1, widths[1] as number]);
        const chunks = H.reduce((x, H_l) => tf.matMul(leakyReLU(x), H_l), x);
        const whole: tf.Tensor2D = tf.reshape(chunks, [group.length, -1]);
        const W: tf.Tensor2D = tf.slice(whole, [0, 0], [group.length, sizeOf([first])]);
        return rowsOf(normalise ? normalised(W, 1) : W);
      };
      const emitted = bySize(wanted).flatMap((group) => {
        const rows = alike(group);
        return group.map(({ name, shape }, at) => {
          return [name, tf.reshape(rows[at] as tf.Tensor, [...shape])] as const;
        });
      });
      return new Map(emitted);
    },
  };
}

/** Weights of one size have as many chunks: they are emitted together. */
function bySize(specs: readonly ParameterSpec[]): readonly (readonly ParameterSpec[])[] {
  const groups = new Map<number, ParameterSpec[]>();
  for (const spec of specs) {
    const size = sizeOf([spec]);
    groups.set(size, [...(groups.get(size) ?? []), spec]);
  }
  return [...groups.values()];
}

/** tfjs has no gradient of a split into one part. */
function rowsOf(x: tf.Tensor2D): readonly tf.Tensor2D[] {
  const [count] = x.shape;
  return count === 1 ? [x] : tf.split(x, count);
}

/** Divided by its norm, as a whole or along an axis. */
function normalised<T extends tf.Tensor>(W: T, axis?: number): T {
  return tf.div(W, tf.sqrt(tf.sum(tf.square(W), axis, axis !== undefined)));
}

/** Of operations that every engine has with their gradients. */
function leakyReLU(x: tf.Tensor2D): tf.Tensor2D {
  return tf.add(tf.mul(x, SLOPE), tf.mul(tf.relu(x), 1 - SLOPE));
}
