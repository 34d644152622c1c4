import { tf } from '@archer-nas/engine';
import type { Forward, ParameterSpec } from './network.ts';

/** Options of {@link linear}. */
export interface LinearOptions {
  /** Default true. */
  readonly bias?: boolean;
}

/**
 * Parameters of {@link linear}: `name.weight` [inputs, outputs] and, unless it has none,
 * `name.bias` [outputs].
 */
export function linearParameters(
  name: string,
  inputs: number,
  outputs: number,
  { bias = true }: LinearOptions = {},
): ParameterSpec[] {
  const weight = `${name}.weight`;
  const specs: ParameterSpec[] = [
    { name: weight, shape: [inputs, outputs], init: 'uniform', fanIn: inputs },
  ];
  if (bias) specs.push({ name: `${name}.bias`, shape: [outputs], init: 'uniform', fanIn: inputs });
  return specs;
}

/** x W + b for x [batch, inputs]; reads `name.weight` and, unless it has none, `name.bias`. */
export function linear(
  x: tf.Tensor2D,
  forward: Forward,
  name: string,
  outputs: number,
  { bias: biased = true }: LinearOptions = {},
): tf.Tensor2D {
  const weight = forward.parameters.get(`${name}.weight`, [x.shape[1], outputs]) as tf.Tensor2D;
  const product = tf.matMul<tf.Tensor2D>(x, weight);
  if (!biased) {
    forward.trace?.record('linear', [x, weight], product);
    return product;
  }
  const bias = forward.parameters.get(`${name}.bias`, [outputs]);
  const y = tf.add<tf.Tensor2D>(product, bias);
  forward.trace?.record('linear', [x, weight, bias], y);
  return y;
}
