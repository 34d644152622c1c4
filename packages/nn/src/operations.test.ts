import { tf } from '@archer-nas/engine';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { batchNorm } from './batch-norm.ts';
import { convolve, convolveDepthwise } from './convolution.ts';
import { relu6, scaleBy } from './elementwise.ts';
import { site } from './gates.ts';
import { linear } from './linear.ts';
import { avgPool2x2, avgPool3x3, globalAveragePool, maxPool3x3 } from './pooling.ts';
import { reluConvBn } from './relu-conv-bn.ts';
import { describeOnEngines } from './testing/engines.ts';
import { expectGradients, wave } from './testing/finite-differences.ts';
import { forwardWith } from './testing/forward.ts';

type Map4 = tf.Tensor4D;
const nothing = forwardWith({});

beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

describeOnEngines(() => {
  describe('R39 ReLU6', () => {
    it('is cut at 0 and at 6, and its gradient is zero at and beyond both', () => {
      const x = tf.tensor1d([-1, 0, 0.5, 5.5, 6, 1e4]);
      expect([...relu6(x, nothing).dataSync()]).toEqual([0, 0, 0.5, 5.5, 6, 6]);
      const gradient = tf.grad((at) => tf.sum(relu6(at, nothing)))(x);
      expect([...gradient.dataSync()]).toEqual([0, 0, 1, 1, 0, 0]);
    });
  });

  describe('R39 convolution', () => {
    const geometries = [
      { size: [5, 5], kernel: 3, stride: 1, padding: 1, dilation: 1 },
      { size: [6, 7], kernel: 3, stride: 2, padding: 1, dilation: 1 },
      { size: [7, 5], kernel: 3, stride: 1, padding: 2, dilation: 2 },
      { size: [9, 8], kernel: 5, stride: 2, padding: 4, dilation: 2 },
      { size: [4, 5], kernel: 1, stride: 2, padding: 0, dilation: 1 },
    ] as const;

    it.each(geometries)(
      'has the gradients of finite differences: $size k$kernel s$stride p$padding d$dilation',
      (g) => {
        const x = wave([2, ...g.size, 2], 0.1);
        const w = wave([g.kernel, g.kernel, 2, 3], 0.3);
        expectGradients((a, b) => convolve(a as Map4, b as Map4, g), [x, w]);
      },
    );

    it.each(geometries)('depthwise too: $size k$kernel s$stride p$padding d$dilation', (g) => {
      const x = wave([2, ...g.size, 2], 0.1);
      const w = wave([g.kernel, g.kernel, 2, 1], 0.3);
      expectGradients((a, b) => convolveDepthwise(a as Map4, b as Map4, g), [x, w]);
    });

    it('pads symmetrically where TensorFlow does not', () => {
      const x = tf.tensor4d(
        Array.from({ length: 16 }, (_, i) => i),
        [1, 4, 4, 1],
      );
      const ones = tf.ones([3, 3, 1, 1]) as Map4;
      const y = convolve(x, ones, { stride: 2, padding: 1 });
      // Windows centred on pixels (0,0), (0,2), (2,0), (2,2).
      expect([...y.dataSync()]).toEqual([10, 24, 51, 90]);
    });

    it('reads every second pixel when dilated', () => {
      const x = tf.tensor4d(
        Array.from({ length: 25 }, (_, i) => i),
        [1, 5, 5, 1],
      );
      const y = convolve(x, tf.ones([3, 3, 1, 1]) as Map4, { dilation: 2 });
      expect([...y.dataSync()]).toEqual([0 + 2 + 4 + 10 + 12 + 14 + 20 + 22 + 24]);
    });
  });

  describe('R39 pooling', () => {
    const ramp = (side: number): Map4 => {
      return tf.tensor4d(
        Array.from({ length: side * side }, (_, i) => i),
        [1, side, side, 1],
      );
    };

    it('averages over the pixels inside the image only', () => {
      const y = avgPool3x3(ramp(4), nothing).dataSync();
      expect(y[0]).toBeCloseTo((0 + 1 + 4 + 5) / 4, 5);
      expect(y[1]).toBeCloseTo((0 + 1 + 2 + 4 + 5 + 6) / 6, 5);
      const strided = avgPool3x3(ramp(4), nothing, { stride: 2 }).dataSync();
      expect(strided[0]).toBeCloseTo(2.5, 5);
      expect(strided[3]).toBeCloseTo(10, 5);
    });

    it('has border gradients that sum to the number of windows', () => {
      const gradient = tf
        .grad((x) => avgPool3x3(x as Map4, nothing))(ramp(4))
        .dataSync();
      expect(gradient[0]).toBeCloseTo(0.6944, 4);
      expect(Array.from(gradient).reduce((sum, value) => sum + value, 0)).toBeCloseTo(16, 4);
    });

    it('takes the maximum of symmetric windows, never the padding', () => {
      const y = maxPool3x3(ramp(4), nothing, { stride: 2 });
      expect([...y.dataSync()]).toEqual([5, 7, 13, 15]);
      const negative = tf.sub(ramp(4), 100) as Map4;
      expect([...maxPool3x3(negative, nothing, { stride: 2 }).dataSync()]).toEqual([
        -95, -93, -87, -85,
      ]);
      expect(maxPool3x3(negative, nothing).dataSync()[0]).toBe(-95);
    });

    const pools = {
      'average 3x3': (x: Map4) => avgPool3x3(x, nothing),
      'average 3x3 stride 2': (x: Map4) => avgPool3x3(x, nothing, { stride: 2 }),
      'maximum 3x3': (x: Map4) => maxPool3x3(x, nothing),
      'maximum 3x3 stride 2': (x: Map4) => maxPool3x3(x, nothing, { stride: 2 }),
      'average 2x2': (x: Map4) => avgPool2x2(x, nothing),
      'global average': (x: Map4) => globalAveragePool(x, nothing),
    };

    it.each(Object.entries(pools))('%s has the gradient of finite differences', (_, pool) => {
      for (const [height, width] of [
        [6, 6],
        [5, 7],
      ]) {
        const x = tf.mul(wave([2, height ?? 0, width ?? 0, 2], 0.2), 10);
        expectGradients((a) => pool(a as Map4), [x], { probes: 40 });
      }
    });
  });

  describe('R39 batch norm', () => {
    const x = () => tf.add(tf.mul(wave([3, 4, 5, 2], 0.4), 2), 1);

    it('has the gradients of finite differences, without and with affine parameters', () => {
      const check = { step: 1e-2, tolerance: 4e-3 };
      expectGradients((a) => batchNorm(a as Map4, nothing, 'bn'), [x()], check);
      const affine = (a: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor): tf.Tensor => {
        const forward = forwardWith({ 'bn.weight': weight, 'bn.bias': bias });
        return batchNorm(a as Map4, forward, 'bn', { affine: true });
      };
      expectGradients(affine, [x(), wave([2], 1), wave([2], 2)], check);
    });

    it('has the gradients of finite differences with running statistics', () => {
      const statistics = {
        get: () => ({ mean: tf.tensor1d([0.5, -1]), variance: tf.tensor1d([2, 0.3]) }),
        update: () => {},
      };
      const running = { batchNorm: 'running', statistics } as const;
      expectGradients((a) => batchNorm(a as Map4, { ...nothing, ...running }, 'bn'), [x()]);
      const affine = (a: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor, before: tf.Tensor) => {
        const forward = { ...forwardWith({ 'bn.weight': weight, 'bn.bias': bias }), ...running };
        const options = { affine: true, inputBias: before as tf.Tensor1D };
        return batchNorm(a as Map4, forward, 'bn', options);
      };
      expectGradients(affine, [x(), wave([2], 1), wave([2], 2), wave([2], 3)]);
    });

    it('normalises with the biased variance and eps 1e-5', () => {
      const y = batchNorm(tf.tensor4d([1, 3], [2, 1, 1, 1]), nothing, 'bn').dataSync();
      expect(y[1]).toBeCloseTo(1 / Math.sqrt(1 + 1e-5), 6);
    });

    it('gives exactly zero for a map of zeros', () => {
      const y = batchNorm(tf.zeros([2, 3, 3, 2]), nothing, 'bn').dataSync();
      expect([...y].every((value) => value === 0)).toBe(true);
    });
  });

  describe('R39 other layers', () => {
    it('linear has the gradients of finite differences', () => {
      const layer = (a: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor): tf.Tensor => {
        const forward = forwardWith({ 'fc.weight': weight, 'fc.bias': bias });
        return linear(a as tf.Tensor2D, forward, 'fc', 4);
      };
      expectGradients(layer, [wave([3, 5], 0), wave([5, 4], 1), wave([4], 2)]);
    });

    it('mixtures have the gradients of finite differences, also with a map of zeros', () => {
      const candidates = [() => undefined, (x: Map4) => x, (x: Map4) => tf.mul(x, 3) as Map4];
      const mixed = (x: tf.Tensor, weights: tf.Tensor) => {
        const gate = { support: [0, 1, 2], weights: weights as tf.Tensor1D };
        return site(x as Map4, gate, candidates, nothing) as Map4;
      };
      expectGradients(mixed, [wave([2, 3, 3, 2], 0.1), wave([3], 0.2)]);
    });

    it('scaling has the gradients of finite differences', () => {
      const y = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => scaleBy(a, b, nothing);
      expectGradients(y, [wave([2, 3, 3, 2], 0), tf.scalar(0.7)]);
    });

    it('ReLU-Conv-BN has the gradients of finite differences; the bias has exactly none', () => {
      const block = (a: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor): tf.Tensor => {
        const forward = forwardWith({ 'op.conv.weight': weight, 'op.conv.bias': bias });
        const options = { outputs: 3, kernel: 3, padding: 1, bias: true };
        return reluConvBn(a as Map4, forward, 'op', options);
      };
      // Away from the kink of ReLU by more than the step.
      const base = wave([3, 4, 4, 2], 0.4);
      const x = tf.add(base, tf.mul(tf.sign(base), 0.05));
      const inputs = [x, wave([3, 3, 2, 3], 1), wave([3], 2)];
      expectGradients(block, inputs, { tolerance: 5e-3 });
      const gradients = tf.grads((...all) => block(...(all as [tf.Tensor, tf.Tensor, tf.Tensor])))(
        inputs,
      );
      expect([...(gradients[2]?.dataSync() ?? [])]).toEqual([0, 0, 0]);
    });
  });
});
