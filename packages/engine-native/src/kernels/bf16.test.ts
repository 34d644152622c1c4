import { beforeAll, describe, expect, it } from 'vitest';
import { type Addon, loadAddon } from '../addon.ts';
import { pathsOf, takePath } from '../precision.ts';
import { TensorBuffers } from '../tensor-buffers.ts';
import { allToBf16, toBf16, unpacked } from '../testing/bf16.ts';
import { convolutionShapes } from '../testing/convolution-shapes.ts';
import { distance, generator, guarded, numbers } from '../testing/numbers.ts';
import { type Conv, convolve, shapeOf } from '../testing/reference.ts';

const EPSILON = 1e-5;

const loaded = loadAddon();
const addon = 'addon' in loaded ? loaded.addon : undefined;
const paths = addon ? pathsOf(addon, 'bf16') : [];
const title = `bf16 kernels${paths.length > 0 ? '' : ' (this processor has none)'}`;

describe.skipIf(paths.length === 0)(title, () => {
  const { take, out } = memory(addon as Addon);

  describe.each(paths)('on %s', (path) => {
    beforeAll(() => {
      takePath(addon as Addon, path, 'bf16');
      (addon as Addon).setThreads(2);
    });

    it('round to nearest, ties to even, and keep NaN, infinities and signs', () => {
      const x = [...SPECIAL, ...numbers(generator(9), 500)];
      const [given, y] = [take(x.length).fill(0), take(x.length)];
      given.set(x);
      take1x1(addon as Addon, given, y);
      expect([...y]).toEqual(x.map(toBf16));
    });

    it('sum products of rounded numbers in floats over random shapes', () => {
      const random = generator(3);
      for (const c of convolutionShapes(false, 60)) {
        const [x, w, dy] = inputsOf(c, random);
        const expected = convolve(c, false, {
          x: allToBf16(x),
          w: allToBf16(w),
          dy: allToBf16(dy),
        });
        const [y, dx, dw] = [out(dy.length), out(x.length), out(w.length)];
        (addon as Addon).conv(shapeOf(c), x, w, y.values);
        (addon as Addon).convInputGradient(shapeOf(c), dy, w, dx.values);
        (addon as Addon).convFilterGradient(shapeOf(c), x, dy, dw.values);
        const told = JSON.stringify(c);
        expect(distance(y.values, expected.y), `y ${told}`).toBeLessThan(2e-6);
        expect(distance(dx.values, expected.dx), `dx ${told}`).toBeLessThan(2e-6);
        expect(distance(dw.values, expected.dw), `dw ${told}`).toBeLessThan(5e-6);
        expect([y, dx, dw].every((output) => output.intact())).toBe(true);
      }
    });

    it('give a fused forward pass the bits of its parts, with results saved as bf16', () => {
      const random = generator(4);
      convolutionShapes(false, 40).forEach((c, i) => {
        const [x, w, addend] = inputsOf(c, random);
        const relu = i % 3 !== 0;
        const gamma = i % 2 ? numbers(random, c.co) : null;
        const beta = i % 2 ? numbers(random, c.co) : null;
        const size = addend.length;
        const [y, z] = [out(Math.ceil(size / 2)), out(size)];
        const [mean, variance] = [out(c.co), out(c.co)];
        const added = i % 5 ? addend : null;
        (addon as Addon).convBatchNorm(
          ...([shapeOf(c), EPSILON, relu, x, w, gamma, beta, added] as const),
          ...([y.values, z.values, mean.values, variance.values] as const),
        );
        const sums = take(size);
        (addon as Addon).conv(shapeOf(c), relu ? x.map((v) => Math.max(0, v)) : x, w, sums);
        const saved = unpacked(y.values, size);
        const told = JSON.stringify(c);
        expect(saved, `y ${told}`).toEqual(allToBf16(sums));
        const [z2, mean2, variance2] = [take(size), take(c.co), take(c.co)];
        (addon as Addon).batchNorm(
          ...([normShapeOf(c), EPSILON, saved, gamma, beta, added] as const),
          ...([z2, mean2, variance2] as const),
        );
        expect(z.values, `z ${told}`).toEqual(z2);
        expect([mean.values, variance.values], told).toEqual([mean2, variance2]);
        expect([y, z, mean, variance].every((output) => output.intact())).toBe(true);
      });
    });

    it('give a fused gradient what its parts give of rounded numbers', () => {
      const random = generator(5);
      convolutionShapes(false, 40).forEach((c, i) => {
        const [x, w, dz] = inputsOf(c, random);
        const relu = i % 3 !== 0;
        const gamma = i % 2 ? numbers(random, c.co) : null;
        const y = take(Math.ceil(dz.length / 2));
        const [z, mean, variance] = [take(dz.length), take(c.co), take(c.co)];
        const conv = [shapeOf(c), EPSILON, relu] as const;
        (addon as Addon).convBatchNorm(...conv, x, w, gamma, null, null, y, z, mean, variance);
        const [dx, dw, dgamma, dbeta] = [out(x.length), out(w.length), out(c.co), out(c.co)];
        // Every other time it is added to what is there.
        const add = i % 2 === 0;
        const there = add ? numbers(random, x.length) : new Float32Array(x.length);
        if (add) dx.values.set(there);
        (addon as Addon).convBatchNormGradient(
          ...([...conv, add, dz, x, y, w, gamma, mean, variance] as const),
          ...([dx.values, dw.values, dgamma.values, dbeta.values] as const),
        );
        const saved = unpacked(y, dz.length);
        const [dy, dgamma2, dbeta2] = [take(dz.length), take(c.co), take(c.co)];
        (addon as Addon).batchNormGradient(
          ...([normShapeOf(c), EPSILON, dz, saved, gamma, mean, variance] as const),
          ...([dy, dgamma2, dbeta2] as const),
        );
        const active = relu ? x.map((v) => Math.max(0, v)) : x;
        const expected = convolve(c, false, {
          x: allToBf16(active),
          w: allToBf16(w),
          dy: allToBf16(dy),
        });
        const wanted = expected.dx.map((v, j) => {
          const open = !relu || (x[j] as number) > 0;
          return (there[j] as number) + (open ? v : 0);
        });
        const told = JSON.stringify(c);
        expect(distance(dx.values, wanted), `dx ${told}`).toBeLessThan(2e-6);
        expect(distance(dw.values, expected.dw), `dw ${told}`).toBeLessThan(5e-6);
        expect([dgamma.values, dbeta.values], told).toEqual([dgamma2, dbeta2]);
        expect([dx, dw, dgamma, dbeta].every((output) => output.intact())).toBe(true);
      });
    });

    it('multiply matrices, either side transposed', () => {
      const random = generator(6);
      for (const [m, k, n] of [
        [5, 7, 3],
        [40, 33, 21],
        [1, 1, 1],
        [64, 64, 10],
      ] as const) {
        for (const [ta, tb] of [
          [0, 0],
          [0, 1],
          [1, 0],
          [1, 1],
        ] as const) {
          const [a, b] = [numbers(random, m * k), numbers(random, k * n)];
          const wanted = Float64Array.from({ length: m * n }, (_, i) => {
            const [row, column] = [Math.floor(i / n), i % n];
            let sum = 0;
            for (let j = 0; j < k; j++) {
              const u = a[ta ? j * m + row : row * k + j] as number;
              const v = b[tb ? column * k + j : j * n + column] as number;
              sum += toBf16(u) * toBf16(v);
            }
            return sum;
          });
          const y = out(m * n);
          (addon as Addon).matmul(Int32Array.of(1, m, k, n, ta, tb, 0, 0), a, b, y.values);
          expect(distance(y.values, wanted), `${m} ${k} ${n} ${ta}${tb}`).toBeLessThan(2e-6);
          expect(y.intact()).toBe(true);
        }
      }
    });
  });
});

/** Ties on both sides, what rounds up into the next binade or out of range, and what is no number. */
const SPECIAL = [
  ...[1 + 2 ** -8, 1 + 3 * 2 ** -8, 1 + 2 ** -8 + 2 ** -20, 1 + 2 ** -8 - 2 ** -20, -1 - 2 ** -8],
  ...[2 - 2 ** -9, 3.3895313892515355e38, 3.4028234663852886e38, -3.4028234663852886e38],
  ...[Infinity, -Infinity, NaN, 2 ** -126, 2 ** -126 * (1 + 2 ** -8)],
];

/** Memory outside of JavaScript's heap, where kernels write without a copy. */
function memory(addon: Addon) {
  const buffers = new TensorBuffers(addon);
  const take = (size: number) => buffers.take(size);
  return { take, out: (size: number) => guarded(size, take) };
}

/** y = x as a convolution with one channel and the filter 1: whatever x is, nothing is added to it. */
function take1x1(addon: Addon, x: Float32Array, y: Float32Array): void {
  const one = { ci: 1, kh: 1, kw: 1, co: 1, sh: 1, sw: 1, dh: 1, dw: 1, pt: 0, pl: 0 };
  const c: Conv = { ...one, n: 1, h: 1, w: x.length, oh: 1, ow: x.length };
  addon.conv(shapeOf(c), x, Float32Array.of(1), y);
}

function inputsOf(c: Conv, random: () => number): [Float32Array, Float32Array, Float32Array] {
  return [
    numbers(random, c.n * c.h * c.w * c.ci),
    numbers(random, c.kh * c.kw * c.ci * c.co),
    numbers(random, c.n * c.oh * c.ow * c.co),
  ];
}

const normShapeOf = (c: Conv): Int32Array => Int32Array.of(c.n, c.oh * c.ow, c.co);
