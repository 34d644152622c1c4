import { beforeAll, describe, expect, it } from 'vitest';
import { TensorBuffers } from '../tensor-buffers.ts';
import { describeBuilt, usePath } from '../testing/built.ts';
import { randomConv, squareConv } from '../testing/convolution-shapes.ts';
import { between, distance, generator, guarded, numbers } from '../testing/numbers.ts';
import {
  type Conv,
  convolve,
  moments,
  normalise,
  normaliseGradient,
  shapeOf,
} from '../testing/reference.ts';

const EPSILON = 1e-5;

type Values = ArrayLike<number>;

interface Case {
  readonly spatial: Conv;
  readonly outputs: number;
}

/** DARTS's blocks, then random ones. */
function cases(count: number): Case[] {
  const random = generator(8);
  const usual = [
    squareConv(2, 8, 16, 3, 16),
    squareConv(2, 9, 16, 5, 16, 2),
    squareConv(18, 6, 32, 3, 32, 1, 2),
    squareConv(1, 8, 24, 5, 24, 1, 2),
  ];
  const drawn = Array.from({ length: count }, () => {
    const spatial = randomConv(random, true);
    return { ...spatial, co: spatial.ci };
  });
  return [...usual, ...drawn].map((spatial) => ({ spatial, outputs: between(random, 1, 40) }));
}

function pointwiseOf({ spatial, outputs }: Case): Conv {
  const { n, oh, ow, ci } = spatial;
  const place = { sh: 1, sw: 1, dh: 1, dw: 1, pt: 0, pl: 0, oh, ow };
  return { n, h: oh, w: ow, ci, kh: 1, kw: 1, co: outputs, ...place };
}

/** The block and its gradient in double precision, by the plain loops of its parts. */
function reference(
  of: Case,
  given: { x: Values; filter: Values; mix: Values; dz: Values; gamma: Values | undefined },
  relu: boolean,
): Record<'y' | 'dx' | 'dfilter' | 'dmix' | 'dgamma' | 'dbeta', Float64Array> {
  const { filter, mix, dz, gamma } = given;
  const x = Float64Array.from(given.x, (v) => (relu ? Math.max(0, v) : v));
  const { spatial, outputs } = of;
  const pointwise = pointwiseOf(of);
  const none = new Float64Array(spatial.n * spatial.oh * spatial.ow * spatial.ci);
  const filtered = convolve(spatial, true, { x, w: filter, dy: none }).y;
  const { y } = convolve(pointwise, false, { x: filtered, w: mix, dy: dz });
  const norm = normaliseGradient(dz, y, outputs, gamma, EPSILON);
  const back = convolve(pointwise, false, { x: filtered, w: mix, dy: norm.dx });
  const first = convolve(spatial, true, { x, w: filter, dy: back.dx });
  const dx = first.dx.map((v, i) => (relu && !((given.x[i] as number) > 0) ? 0 : v));
  const { dgamma, dbeta } = norm;
  return { y, dx, dfilter: first.dw, dmix: back.dw, dgamma, dbeta };
}

describeBuilt('separable blocks', (addon) => {
  const buffers = new TensorBuffers(addon);
  const out = (length: number) => guarded(length, (size) => buffers.take(size));

  describe.each(addon.paths())('on %s', (path) => {
    beforeAll(() => {
      usePath(addon, path);
      addon.setThreads(2);
    });

    it('equal plain loops over random shapes, with and without a norm before', () => {
      const random = generator(9);
      cases(50).forEach((of, i) => {
        const { spatial: c, outputs } = of;
        const size = c.n * c.oh * c.ow * outputs;
        // One value per channel has no variance; √ε would magnify the rounding.
        if (size / outputs < 4) return;
        const relu = i % 4 !== 3;
        const raw = numbers(random, c.n * c.h * c.w * c.ci);
        const filter = numbers(random, c.kh * c.kw * c.ci);
        const mix = numbers(random, c.ci * outputs);
        const dz = numbers(random, size);
        const gamma = i % 2 ? numbers(random, outputs) : undefined;
        const before = i % 3 === 0 && raw.length / c.ci > 3 ? moments(raw, c.ci) : undefined;
        const [scale, shift] = [numbers(random, c.ci), numbers(random, c.ci)];
        const affine = { gamma: scale, beta: shift };
        const x = before ? normalise(raw, c.ci, affine, EPSILON) : Float64Array.from(raw);
        const wanted = reference(of, { x, filter, mix, dz, gamma }, relu);

        const shape = shapeOf({ ...c, co: outputs });
        const norm = before && [before.mean, before.variance].map((v) => Float32Array.from(v));
        const pending = (norm ? [...norm, scale, shift] : [null, null, null, null]) as Pending;
        const [y, mean, variance] = [out(size), out(outputs), out(outputs)];
        addon.separable(
          ...([shape, EPSILON, relu, raw, ...pending, filter, mix] as const),
          ...([y.values, mean.values, variance.values] as const),
        );
        const [dx, dfilter, dmix] = [out(raw.length), out(filter.length), out(mix.length)];
        const [dgamma, dbeta] = [out(outputs), out(outputs)];
        const sums = out(2 * c.n * c.ci);
        addon.separableGradient(
          ...([shape, EPSILON, relu, false, dz, raw, ...pending, y.values, filter, mix] as const),
          ...([gamma ?? null, mean.values, variance.values, null, dx.values] as const),
          ...([before ? sums.values : null, dfilter.values, dmix.values] as const),
          ...([dgamma.values, dbeta.values] as const),
        );

        const told = `${relu} ${outputs} ${JSON.stringify(c)}`;
        // Channels with little variance magnify the convolutions' rounding.
        const loose = 2e-5 / Math.sqrt(Math.min(1, Math.max(1e-4, ...variance.values)));
        const { mean: centre } = moments(wanted.y, outputs);
        expect(distance(y.values, wanted.y), `y ${told}`).toBeLessThan(5e-6);
        expect(distance(mean.values, centre), `mean ${told}`).toBeLessThan(1e-5);
        expect(distance(dx.values, wanted.dx), `dx ${told}`).toBeLessThan(3 * loose);
        expect(distance(dfilter.values, wanted.dfilter), `df ${told}`).toBeLessThan(5 * loose);
        expect(distance(dmix.values, wanted.dmix), `dm ${told}`).toBeLessThan(5 * loose);
        expect(distance(dgamma.values, wanted.dgamma), `dgamma ${told}`).toBeLessThan(5 * loose);
        expect(distance(dbeta.values, wanted.dbeta), `dbeta ${told}`).toBeLessThan(5e-6);
        if (before) {
          const own = sumsOf(wanted.dx, raw, before.mean, c);
          expect(distance(sums.values, own), `sums ${told}`).toBeLessThan(5 * loose);
        }
        const all = [y, mean, variance, dx, dfilter, dmix, dgamma, dbeta];
        expect(
          all.every((output) => output.intact()),
          told,
        ).toBe(true);
      });
    });

    it('take the sums of their norm from the block behind them', () => {
      const random = generator(10);
      const c = squareConv(3, 6, 5, 3, 7);
      const [x, filter, mix] = [540, 45, 35].map((size) => numbers(random, size)) as Three;
      const dz = numbers(random, 756);
      const shape = shapeOf(c);
      const [y, mean, variance] = [756, 7, 7].map((size) => new Float32Array(size)) as Three;
      const none = [null, null, null, null] as const;
      addon.separable(shape, EPSILON, true, x, ...none, filter, mix, y, mean, variance);
      const made = Float32Array.from(sumsOf(dz, y, mean, { ...c, h: 6, w: 6, ci: 7 }));
      const [alone, told] = [null, made].map((sums) => {
        const results = [540, 45, 35, 7, 7].map((size) => new Float32Array(size)) as Five;
        const [dx, dfilter, dmix, dgamma, dbeta] = results;
        addon.separableGradient(
          ...([shape, EPSILON, true, false, dz, x, ...none, y, filter, mix, null] as const),
          ...([mean, variance, sums, dx, null, dfilter, dmix, dgamma, dbeta] as const),
        );
        return results;
      }) as [Five, Five];
      alone.forEach((values, i) => {
        expect(distance(told[i] as Float32Array, values)).toBeLessThan(1e-5);
      });
      expect(Math.max(...alone[3].map(Math.abs))).toBeGreaterThan(0.1);
    });
  });
});

/** Σ dx and Σ dx·(x − mean), by image and channel. */
function sumsOf(dx: Values, x: Values, mean: Values, c: Conv): Float64Array {
  const sums = new Float64Array(2 * c.n * c.ci);
  for (let i = 0; i < dx.length; i++) {
    const image = Math.floor(i / (c.h * c.w * c.ci));
    const at = 2 * image * c.ci + (i % c.ci);
    const d = dx[i] as number;
    sums[at] = (sums[at] as number) + d;
    const product = d * ((x[i] as number) - (mean[i % c.ci] as number));
    sums[at + c.ci] = (sums[at + c.ci] as number) + product;
  }
  return sums;
}

type Maybe = Float32Array | null;
type Pending = [Maybe, Maybe, Maybe, Maybe];
type Three = [Float32Array, Float32Array, Float32Array];
type Five = [Float32Array, Float32Array, Float32Array, Float32Array, Float32Array];
