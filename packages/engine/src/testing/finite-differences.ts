import { tf } from '../repaired.ts';

/** Deterministic numbers in (−1, 1) that repeat nowhere in a small tensor. */
export function numbers(count: number, seed = 0): Float32Array {
  return Float32Array.from({ length: count }, (_, i) =>
    Math.sin(12.9898 * (i + 1) + 78.233 * seed),
  );
}

/** A tensor of {@link numbers}. */
export function tensor(shape: number[], seed = 0): tf.Tensor4D {
  const size = shape.reduce((a, b) => a * b, 1);
  return tf.tensor(numbers(size, seed), shape as [number, number, number, number]);
}

/**
 * The largest difference between the analytic gradients of ⟨w, f(inputs)⟩, w fixed, and
 * central differences, over every element of every input. For functions that are linear in
 * each input the differences are exact but for rounding, so `step` may be large.
 */
export function gradientError(
  f: (...inputs: tf.Tensor[]) => tf.Tensor,
  inputs: readonly tf.Tensor[],
  step = 0.5,
): number {
  return tf.tidy(() => {
    const weights = tensor(f(...inputs).shape, 99);
    const scalar = (...given: tf.Tensor[]) => tf.sum(tf.mul(f(...given), weights));
    const analytic = tf.grads(scalar)([...inputs]);
    return Math.max(...inputs.map((_, k) => errorOf(scalar, inputs, k, analytic[k], step)));
  });
}

function errorOf(
  scalar: (...inputs: tf.Tensor[]) => tf.Tensor,
  inputs: readonly tf.Tensor[],
  k: number,
  analytic: tf.Tensor | undefined,
  step: number,
): number {
  const values = inputs.map((input) => input.dataSync().slice());
  const at = (i: number, shift: number): number =>
    tf.tidy(() => {
      const moved = inputs.map((input, j) => {
        const copy = Float32Array.from(values[j] as Float32Array);
        if (j === k) copy[i] = (copy[i] as number) + shift;
        return tf.tensor(copy, input.shape);
      });
      return scalar(...moved).dataSync()[0] as number;
    });
  const gradient = analytic?.dataSync() ?? new Float32Array(0);
  return Array.from(gradient).reduce((worst, value, i) => {
    const difference = (at(i, step) - at(i, -step)) / (2 * step);
    return Math.max(worst, Math.abs(difference - value));
  }, 0);
}
