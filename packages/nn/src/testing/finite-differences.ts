import { tf } from '@archer-nas/engine';
import { expect } from 'vitest';

/** Values in ±1 that repeat with no obvious period; the same on every run. */
export function wave(shape: readonly number[], phase: number): tf.Tensor {
  const size = shape.reduce((product, side) => product * side, 1);
  const values = Float32Array.from({ length: size }, (_, i) => Math.sin(12.9898 * (i + 1) + phase));
  return tf.tensor(values, [...shape]);
}

/**
 * Compares the gradients of Σ c ⊙ f(inputs), with fixed c, with central differences at up
 * to `probes` places of each input.
 */
export function expectGradients(
  f: (...inputs: tf.Tensor[]) => tf.Tensor,
  inputs: readonly tf.Tensor[],
  { tolerance = 2e-3, step = 1e-2, probes = 24 } = {},
): void {
  const loss = (...at: tf.Tensor[]): tf.Scalar => {
    const y = f(...at);
    return tf.sum(tf.mul(y, wave(y.shape, 0.7)));
  };
  // In double precision, so that the differences of large sums stay exact.
  const exactLoss = (...at: tf.Tensor[]): number => {
    const y = f(...at);
    const c = wave(y.shape, 0.7).dataSync();
    return Array.from(y.dataSync()).reduce((sum, value, i) => sum + value * (c[i] ?? 0), 0);
  };
  const gradients = tf.grads(loss)([...inputs]);
  inputs.forEach((input, which) => {
    const values = input.dataSync();
    const gradient = gradients[which]?.dataSync() ?? [];
    const stride = Math.max(1, Math.floor(input.size / probes));
    for (let place = 0; place < input.size; place += stride) {
      const at = (shift: number): number => {
        const moved = Float32Array.from(values);
        moved[place] = (moved[place] ?? 0) + shift;
        const others = inputs.map((other, i) => {
          return i === which ? tf.tensor(moved, input.shape) : other;
        });
        return exactLoss(...others);
      };
      const numeric = (at(step) - at(-step)) / (2 * step);
      const difference = Math.abs((gradient[place] ?? Number.NaN) - numeric);
      expect(
        difference,
        `input ${which}, place ${place}: ${gradient[place]} against ${numeric}`,
      ).toBeLessThan(tolerance * Math.max(1, Math.abs(numeric)));
    }
  });
}
