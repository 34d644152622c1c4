import { tf } from '@archer-nas/engine';
import { generator, numbers } from './numbers.ts';

/** Random tensors of these shapes; the same on every call. */
export function tensors(...shapes: number[][]): tf.Tensor[] {
  const random = generator(21);
  return shapes.map((shape) =>
    tf.tensor(
      numbers(
        random,
        shape.reduce((a, b) => a * b, 1),
      ),
      shape,
    ),
  );
}

/** The largest difference of a gradient from central differences, over all inputs' elements. */
export function gradientError(
  f: (...inputs: tf.Tensor[]) => tf.Tensor,
  inputs: tf.Tensor[],
): number {
  const step = 0.01;
  const [weights] = tensors(f(...inputs).shape) as [tf.Tensor];
  const scalar = (...given: tf.Tensor[]) => tf.sum(tf.mul(f(...given), weights));
  const gradients = tf.grads(scalar)(inputs);
  const errors = inputs.flatMap((input, k) => {
    const values = input.dataSync();
    const at = (i: number, shift: number) => {
      const moved = inputs.map((other, j) =>
        j === k
          ? tf.tensor(
              values.map((v, at) => (at === i ? v + shift : v)),
              input.shape,
            )
          : other,
      );
      return tf.tidy(() => scalar(...moved).dataSync()[0] as number);
    };
    const analytic = (gradients[k] as tf.Tensor).dataSync();
    return [...analytic].map((g, i) => Math.abs(g - (at(i, step) - at(i, -step)) / (2 * step)));
  });
  return Math.max(...errors);
}
