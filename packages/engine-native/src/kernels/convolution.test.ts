import { beforeAll, describe, expect, it } from 'vitest';
import { TensorBuffers } from '../tensor-buffers.ts';
import { describeBuilt, usePath } from '../testing/built.ts';
import { convolutionShapes } from '../testing/convolution-shapes.ts';
import { distance, generator, guarded, numbers } from '../testing/numbers.ts';
import { convolve, normalise, normaliseGradient, shapeOf } from '../testing/reference.ts';

const EPSILON = 1e-5;

describeBuilt('convolutions', (addon) => {
  // Where kernels write without a copy, so that the marks see what they do.
  const buffers = new TensorBuffers(addon);
  const out = (length: number) => guarded(length, (size) => buffers.take(size));

  describe.each(addon.paths())('on %s', (path) => {
    beforeAll(() => {
      usePath(addon, path);
      addon.setThreads(2);
    });

    it.each([false, true])('equal plain loops over random shapes; depthwise: %s', (depthwise) => {
      const random = generator(3);
      for (const c of convolutionShapes(depthwise, 60)) {
        const shape = shapeOf(c);
        const x = numbers(random, c.n * c.h * c.w * c.ci);
        const w = numbers(random, c.kh * c.kw * (depthwise ? 1 : c.ci) * c.co);
        const dy = numbers(random, c.n * c.oh * c.ow * c.co);
        const expected = convolve(c, depthwise, { x, w, dy });
        const [y, dx, dw] = [dy, x, w].map(({ length }) => out(length)) as Three;
        addon[depthwise ? 'depthwise' : 'conv'](shape, x, w, y.values);
        addon[depthwise ? 'depthwiseInputGradient' : 'convInputGradient'](shape, dy, w, dx.values);
        addon[depthwise ? 'depthwiseFilterGradient' : 'convFilterGradient'](
          shape,
          x,
          dy,
          dw.values,
        );
        const told = JSON.stringify(c);
        expect(distance(y.values, expected.y), `y ${told}`).toBeLessThan(2e-6);
        expect(distance(dx.values, expected.dx), `dx ${told}`).toBeLessThan(2e-6);
        expect(distance(dw.values, expected.dw), `dw ${told}`).toBeLessThan(5e-6);
        expect(
          [y, dx, dw].every((output) => output.intact()),
          told,
        ).toBe(true);
      }
    });

    it('fused with ReLU, batch norm and an addition equal their parts over random shapes', () => {
      const random = generator(4);
      convolutionShapes(false, 40).forEach((c, i) => {
        const relu = i % 3 !== 0;
        const x = numbers(random, c.n * c.h * c.w * c.ci);
        const w = numbers(random, c.kh * c.kw * c.ci * c.co);
        const size = c.n * c.oh * c.ow * c.co;
        // One value per channel has no variance; √ε would magnify the rounding.
        if (size / c.co < 4) return;
        const dz = numbers(random, size);
        const gamma = i % 2 ? numbers(random, c.co) : undefined;
        const beta = i % 2 ? numbers(random, c.co) : undefined;
        const addend = i % 5 ? numbers(random, size) : undefined;
        const active = relu ? x.map((v) => Math.max(0, v)) : x;
        const { y: wanted } = convolve(c, false, { x: active, w, dy: dz });
        const z = normalise(wanted, c.co, { gamma, beta, addend }, EPSILON);
        const norm = normaliseGradient(dz, wanted, c.co, gamma, EPSILON);
        const parts = convolve(c, false, { x: active, w, dy: norm.dx });
        const dx = relu ? parts.dx.map((v, j) => ((x[j] as number) > 0 ? v : 0)) : parts.dx;

        const [y, zs, mean, variance] = [out(size), out(size), out(c.co), out(c.co)];
        addon.convBatchNorm(
          shapeOf(c),
          EPSILON,
          relu,
          x,
          w,
          gamma ?? null,
          beta ?? null,
          addend ?? null,
          y.values,
          zs.values,
          mean.values,
          variance.values,
        );
        const [gx, gw, gg, gb] = [out(x.length), out(w.length), out(c.co), out(c.co)];
        addon.convBatchNormGradient(
          shapeOf(c),
          EPSILON,
          relu,
          false,
          dz,
          x,
          y.values,
          w,
          gamma ?? null,
          mean.values,
          variance.values,
          gx.values,
          gw.values,
          gg.values,
          gb.values,
        );
        const told = `${relu} ${JSON.stringify(c)}`;
        // Channels with little variance magnify the convolution's rounding.
        const loose = 1e-5 / Math.sqrt(Math.min(1, Math.max(1e-4, ...variance.values)));
        expect(distance(y.values, wanted), `y ${told}`).toBeLessThan(2e-6);
        expect(distance(zs.values, z), `z ${told}`).toBeLessThan(loose);
        expect(distance(gx.values, dx), `dx ${told}`).toBeLessThan(2 * loose);
        expect(distance(gw.values, parts.dw), `dw ${told}`).toBeLessThan(5 * loose);
        expect(distance(gg.values, norm.dgamma), `dgamma ${told}`).toBeLessThan(5 * loose);
        expect(distance(gb.values, norm.dbeta), `dbeta ${told}`).toBeLessThan(5e-6);
        const all = [y, zs, mean, variance, gx, gw, gg, gb];
        expect(
          all.every((output) => output.intact()),
          told,
        ).toBe(true);
      });
    });
  });
});

type Output = ReturnType<typeof guarded>;
type Three = [Output, Output, Output];
