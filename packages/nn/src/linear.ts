import { tf } from '@archer-nas/engine';
import type { Forward, ParameterSpec } from './network.ts';

/** Parameters of {@link linear}: `name.weight` [inputs, outputs] and `name.bias` [outputs]. */
export function linearParameters(name: string, inputs: number, outputs: number): ParameterSpec[] {
  return [
    { name: `${name}.weight`, shape: [inputs, outputs], init: 'uniform', fanIn: inputs },
    { name: `${name}.bias`, shape: [outputs], init: 'uniform', fanIn: inputs },
  ];
}

/** x W + b for x [batch, inputs]; reads `name.weight` and `name.bias`. */
export function linear(
  x: tf.Tensor2D,
  forward: Forward,
  name: string,
  outputs: number,
): tf.Tensor2D {
  const weight = forward.parameters.get(`${name}.weight`, [x.shape[1], outputs]) as tf.Tensor2D;
  const bias = forward.parameters.get(`${name}.bias`, [outputs]);
  const y = tf.add<tf.Tensor2D>(tf.matMul(x, weight), bias);
  forward.trace?.record('linear', [x, weight, bias], y);
  return y;
}
