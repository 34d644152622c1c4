import { beforeAll, describe, expect, it } from 'vitest';
import { type Addon, loadAddon } from '../addon.ts';
import { pathsOf, takePath } from '../precision.ts';
import { TensorBuffers } from '../tensor-buffers.ts';
import { convolutionShapes } from '../testing/convolution-shapes.ts';
import { generator, numbers } from '../testing/numbers.ts';
import { type Conv, shapeOf } from '../testing/reference.ts';

const EPSILON = 1e-5;
const NO_NORM = [null, null, null, null] as const;

const loaded = loadAddon();
const addon = ('addon' in loaded ? loaded.addon : undefined) as Addon;
const paths = 'addon' in loaded ? pathsOf(addon, 'bf16') : [];
const title = `separable blocks in bf16${paths.length > 0 ? '' : ' (this processor has none)'}`;

describe.skipIf(paths.length === 0)(title, () => {
  const buffers = 'addon' in loaded ? new TensorBuffers(addon) : undefined;
  const take = (size: number) => (buffers as TensorBuffers).take(size).fill(NaN);

  describe.each(paths)('on %s', (path) => {
    beforeAll(() => {
      takePath(addon, path, 'bf16');
      addon.setThreads(2);
    });

    it('have the bits of their parts, forward and backward', () => {
      const random = generator(12);
      convolutionShapes(true, 30).forEach((drawn, i) => {
        const spatial = { ...drawn, co: drawn.ci };
        const outputs = 1 + Math.floor(random() * 40);
        const mixing = pointwiseOf(spatial, outputs);
        const [inside, outside] = [spatial.n * spatial.oh * spatial.ow, spatial.n];
        const x = numbers(random, outside * spatial.h * spatial.w * spatial.ci);
        const filter = numbers(random, spatial.kh * spatial.kw * spatial.ci);
        const mix = numbers(random, spatial.ci * outputs);
        const dz = numbers(random, inside * outputs);
        const gamma = i % 2 ? numbers(random, outputs) : null;

        const [y, mean, variance] = [take(dz.length), take(outputs), take(outputs)];
        const block = [shapeOf({ ...spatial, co: outputs }), EPSILON, true] as const;
        addon.separable(...block, x, ...NO_NORM, filter, mix, y, mean, variance);
        const [dx, dfilter, dmix] = [take(x.length), take(filter.length), take(mix.length)];
        const [dgamma, dbeta] = [take(outputs), take(outputs)];
        addon.separableGradient(
          ...([...block, false, dz, x, ...NO_NORM, y, filter, mix, gamma] as const),
          ...([mean, variance, null, dx, null, dfilter, dmix, dgamma, dbeta] as const),
        );

        const told = JSON.stringify(spatial);
        const active = x.map((v) => Math.max(0, v));
        const filtered = take(inside * spatial.ci);
        addon.depthwise(shapeOf(spatial), active, filter, filtered);
        const [y2, dy, first] = [take(y.length), take(y.length), take(filtered.length)];
        addon.conv(shapeOf(mixing), filtered, mix, y2);
        expect(y, `y ${told}`).toEqual(y2);
        addon.batchNormGradient(
          ...([Int32Array.of(mixing.n, mixing.oh * mixing.ow, outputs), EPSILON] as const),
          ...([dz, y, gamma, mean, variance, dy, take(outputs), take(outputs)] as const),
        );
        const [dmix2, dfilter2, open] = [take(mix.length), take(filter.length), take(x.length)];
        addon.convFilterGradient(shapeOf(mixing), filtered, dy, dmix2);
        expect(dmix, `dmix ${told}`).toEqual(dmix2);
        addon.convInputGradient(shapeOf(mixing), dy, mix, first);
        addon.depthwiseFilterGradient(shapeOf(spatial), active, first, dfilter2);
        expect(dfilter, `dfilter ${told}`).toEqual(dfilter2);
        addon.depthwiseInputGradient(shapeOf(spatial), first, filter, open);
        expect(dx, `dx ${told}`).toEqual(open.map((v, j) => ((x[j] as number) > 0 ? v : 0)));
      });
    });
  });
});

function pointwiseOf({ n, oh, ow, ci }: Conv, co: number): Conv {
  const place = { sh: 1, sw: 1, dh: 1, dw: 1, pt: 0, pl: 0, oh, ow };
  return { n, h: oh, w: ow, ci, kh: 1, kw: 1, co, ...place };
}
