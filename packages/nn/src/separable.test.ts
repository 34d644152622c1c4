import { tf } from '@archer-nas/engine';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fusedKernel, withoutFusion } from './fused.ts';
import type { Forward, NormStatistics, ParameterSpec } from './network.ts';
import { RunningStatistics } from './norm-statistics.ts';
import { separableBlock, separableParameters, sepConv, sepConvParameters } from './separable.ts';
import { describeOnEngines } from './testing/engines.ts';
import { wave } from './testing/finite-differences.ts';
import { forwardWith } from './testing/forward.ts';

type Map4 = tf.Tensor4D;

beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

const shapes = (specs: readonly ParameterSpec[]) =>
  specs.map(({ name, shape }) => `${name} ${shape.join('×')}`);

describe('parameters', () => {
  it('of a block and of sep_conv, whose second block widens', () => {
    const options = { outputs: 6, kernel: 5, stride: 2, affine: true };
    expect(shapes(separableParameters('op', 4, options))).toEqual([
      'op.depthwise.weight 5×5×4×1',
      'op.pointwise.weight 1×1×4×6',
      'op.norm.weight 6',
      'op.norm.bias 6',
    ]);
    expect(shapes(sepConvParameters('op', 4, { outputs: 6, kernel: 3 }))).toEqual([
      'op.0.depthwise.weight 3×3×4×1',
      'op.0.pointwise.weight 1×1×4×4',
      'op.1.depthwise.weight 3×3×4×1',
      'op.1.pointwise.weight 1×1×4×6',
    ]);
  });
});

/** Values for the parameters, none of them zero on average. */
function valuesOf(specs: readonly ParameterSpec[]): Record<string, tf.Tensor> {
  return Object.fromEntries(specs.map(({ name, shape }, i) => [name, tf.add(wave(shape, i), 0.2)]));
}

const LAYERS = {
  'sep_conv, stride 2': {
    specs: sepConvParameters('op', 3, { outputs: 5, kernel: 3, affine: true }),
    run: (x: Map4, forward: Forward) =>
      sepConv(x, forward, 'op', { outputs: 5, kernel: 3, padding: 1, stride: 2, affine: true }),
  },
  'dil_conv, stride 2': {
    specs: separableParameters('op', 3, { outputs: 3, kernel: 3 }),
    run: (x: Map4, forward: Forward) =>
      separableBlock(x, forward, 'op', {
        ...{ outputs: 3, kernel: 3, padding: 2, dilation: 2, stride: 2 },
      }),
  },
  'dil_conv with an addend': {
    specs: separableParameters('op', 3, { outputs: 3, kernel: 3 }),
    run: (x: Map4, forward: Forward) =>
      separableBlock(x, forward, 'op', { outputs: 3, kernel: 3, padding: 2, dilation: 2 }, x),
  },
};

describeOnEngines(() => {
  it('there are fused kernels', () => {
    expect(fusedKernel('separableBatchNorm')).toBeDefined();
    expect(withoutFusion(() => fusedKernel('separableBatchNorm'))).toBeUndefined();
  });

  describe.each(Object.entries(LAYERS))('%s', (_name, { specs, run }) => {
    const x = () => wave([4, 6, 6, 3], 0.4) as Map4;

    it('equals its parts in output, gradients and running statistics', () => {
      const given = valuesOf(specs);
      const names = Object.keys(given);
      const results = () => {
        const statistics = new RunningStatistics();
        const { value, grads } = tf.valueAndGrads((...all: tf.Tensor[]) => {
          const own = Object.fromEntries(names.map((name, i) => [name, all[i + 1] as tf.Tensor]));
          const y = run(all[0] as Map4, forwardWith(own, 'train', statistics));
          return tf.sum(tf.mul(y, wave(y.shape, 0.7)));
        })([x(), ...Object.values(given)]);
        const moments = specs
          .filter(({ name }) => name.endsWith('pointwise.weight'))
          .map(({ name, shape }) => {
            const layer = name.replace('pointwise.weight', 'norm');
            return statistics.get(layer, shape[3] as number);
          });
        const all = [value, ...grads, ...moments.flatMap((m) => [m.mean, m.variance])];
        const read = all.map((tensor) => Array.from(tensor.dataSync()));
        statistics.dispose();
        return read;
      };
      const fused = results();
      withoutFusion(results).forEach((values, i) => {
        const scale = Math.max(1, ...values.map(Math.abs));
        values.forEach((value, at) => {
          expect((fused[i]?.[at] as number) / scale, `${i}`).toBeCloseTo(value / scale, 4);
        });
      });
      expect(fused.flat().some((value) => Math.abs(value) > 0.1)).toBe(true);
    });

    it('equals its parts with running statistics', () => {
      const statistics: NormStatistics = {
        get: (_name, channels) => ({
          mean: wave([channels], 1) as tf.Tensor1D,
          variance: tf.add(tf.square(wave([channels], 2)), 0.5) as tf.Tensor1D,
        }),
        update: () => expect.unreachable(),
      };
      const output = () => run(x(), forwardWith(valuesOf(specs), 'running', statistics)).dataSync();
      const fused = output();
      withoutFusion(output).forEach((value, i) => {
        expect(fused[i]).toBeCloseTo(value, 4);
      });
    });
  });
});
