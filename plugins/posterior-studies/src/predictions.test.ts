import { expect, it } from 'vitest';
import { accuracyOf, distance } from './predictions.ts';

const ln = (...p: number[]) => Float32Array.from(p, Math.log);

it('is KL(p ‖ q) in nats, a mean over images, and the share of equal classes', () => {
  // ½ ln 2 + ½ ln ⅔ of the first image, nothing of the second.
  const found = distance(ln(0.5, 0.5, 0.2, 0.8), ln(0.25, 0.75, 0.2, 0.8), 2);
  expect(found.divergence).toBeCloseTo((0.5 * Math.log(2) + 0.5 * Math.log(2 / 3)) / 2, 6);
  expect(found.agreement).toBe(50);
});

it('is not symmetric: p = (0.9, 0.1), q = (0.5, 0.5) is 0.3681, the other way 0.5108', () => {
  expect(distance(ln(0.9, 0.1), ln(0.5, 0.5), 2).divergence).toBeCloseTo(0.368064, 5);
  expect(distance(ln(0.5, 0.5), ln(0.9, 0.1), 2).divergence).toBeCloseTo(0.510826, 5);
});

it('counts the images whose most probable class is their label', () => {
  expect(accuracyOf(ln(0.9, 0.1, 0.4, 0.6, 0.3, 0.7), [0, 1, 0], 2)).toBeCloseTo(200 / 3, 9);
});
