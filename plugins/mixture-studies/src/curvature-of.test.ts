import { memorySplit } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import type { RelaxedView } from '@archer-nas/nn';
import { expect, it } from 'vitest';
import { curvatureOf } from './curvature-of.ts';
import { toyNetwork } from './testing/toy-relaxed.ts';

it('has the eigenvalues of the Hessian at α, of a loss that is not quadratic', async () => {
  await tf.setBackend('cpu');
  // L(a, b) = a⁴/12 − b² at (2, 1): ∂²L = diag(4, −2), and a decay of 0.5 on the diagonal.
  const view: RelaxedView = {
    alpha: [Float64Array.of(2, 1)],
    weightDecay: 0.5,
    mixture: () => [],
    gradientAt: ([row]) => [Float64Array.of((row?.[0] ?? 0) ** 3 / 3, -2 * (row?.[1] ?? 0))],
  };
  const split = memorySplit('valid', Int32Array.of(0, 1, 0, 1), new Uint8Array(16));
  const data = {
    image: toyNetwork.image,
    mean: [0.5],
    std: [0.25],
    augmentation: { cropPadding: 0, flip: false },
  };
  const { signal } = new AbortController();
  const { metrics } = curvatureOf(view, { data, split, images: 4, step: 0.01, signal });
  expect(metrics?.['max-eigenvalue']).toBeCloseTo(4.5, 3);
  expect(metrics?.['spectral-norm']).toBeCloseTo(4.5, 3);
  expect(metrics?.trace).toBeCloseTo(3, 3);
});
