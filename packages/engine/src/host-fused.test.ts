import { beforeAll, expect, it } from 'vitest';
import { hostFused } from './host-fused.ts';
import { tf } from './repaired.ts';
import { gradientError, tensor } from './testing/finite-differences.ts';
import { describeOnHosts, use } from './testing/host-engines.ts';

const EPSILON = 1e-5;

const vector = (size: number, seed: number): tf.Tensor1D =>
  tensor([1, 1, 1, size], seed).reshape([size]);

function composed(x: tf.Tensor4D, gamma?: tf.Tensor, beta?: tf.Tensor): tf.Tensor4D {
  const { mean, variance } = tf.moments(x, [0, 1, 2]);
  const xhat = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, EPSILON)));
  return tf.add(tf.mul(xhat, gamma ?? 1), beta ?? 0);
}

function distance(a: tf.Tensor, b: tf.Tensor): number {
  return tf.max(tf.abs(tf.sub(a, b))).dataSync()[0] as number;
}

describeOnHosts('fused kernels', (name) => {
  beforeAll(() => use(name));

  it.each([
    { relu: true, stride: 1, size: 3, affine: true, addend: true },
    { relu: true, stride: 2, size: 3, affine: false, addend: false },
    { relu: false, stride: 1, size: 1, affine: true, addend: false },
  ])('reluConvBatchNorm equals its parts: %o', ({ relu, stride, size, affine, addend }) => {
    const pad = (size - 1) / 2;
    const x = tensor([3, 6, 6, 3], 1);
    const w = tensor([size, size, 3, 5], 2);
    const [gamma, beta] = affine ? [vector(5, 3), vector(5, 4)] : [];
    const extra = addend ? tensor([3, 6, 6, 5], 5) : undefined;
    const inputs = [x, w, gamma, beta, extra].filter((t) => t !== undefined);
    const place = (all: tf.Tensor[]) => {
      const [x, filter, ...rest] = all as [tf.Tensor4D, tf.Tensor4D, ...tf.Tensor[]];
      const [gamma, beta] = (affine ? rest.splice(0, 2) : []) as tf.Tensor1D[];
      return { x, filter, gamma, beta, addend: rest[0] as tf.Tensor4D | undefined };
    };
    const options = { relu, stride, pad, epsilon: EPSILON };
    const fused = (...all: tf.Tensor[]) => hostFused.reluConvBatchNorm(place(all), options).output;
    const parts = (...all: tf.Tensor[]) => {
      const { x, filter, gamma, beta, addend } = place(all);
      const y = tf.conv2d(relu ? tf.relu(x) : x, filter, stride, pad);
      return tf.add(composed(y, gamma, beta), addend ?? 0);
    };
    expect(distance(fused(...inputs), parts(...inputs))).toBeLessThan(1e-5);
    const weights = tensor(fused(...inputs).shape, 9);
    const gradients = [fused, parts].map((f) =>
      tf.grads((...all) => tf.sum(tf.mul(f(...all), weights)))(inputs),
    );
    inputs.forEach((_, i) => {
      const [a, b] = [gradients[0]?.[i] as tf.Tensor, gradients[1]?.[i] as tf.Tensor];
      expect(distance(a, b)).toBeLessThan(1e-4);
    });
  });

  it('batchNorm agrees with finite differences by every input', () => {
    const norm = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, addend: tf.Tensor) =>
      hostFused.batchNorm(
        {
          x: x as tf.Tensor4D,
          gamma: gamma as tf.Tensor1D,
          beta: beta as tf.Tensor1D,
          addend: addend as tf.Tensor4D,
        },
        { epsilon: EPSILON },
      ).output;
    const inputs = [tensor([2, 3, 3, 3], 1), vector(3, 2), vector(3, 3), tensor([2, 3, 3, 3], 4)];
    expect(gradientError(norm as (...all: tf.Tensor[]) => tf.Tensor, inputs, 0.01)).toBeLessThan(
      2e-3,
    );
  });

  it('gives the statistics, exactly also when the mean is a thousand deviations', () => {
    const x = tf.tensor4d([1000, 1001, 1002, 1003], [2, 2, 1, 1]);
    const { output, mean, variance } = hostFused.batchNorm({ x }, { epsilon: 0 });
    expect(Array.from(mean.dataSync())).toEqual([1001.5]);
    expect(Array.from(variance.dataSync())).toEqual([1.25]);
    const unit = Math.sqrt(1.25);
    const expected = [-1.5, -0.5, 0.5, 1.5].map((v) => v / unit);
    Array.from(output.dataSync()).forEach((v, i) => {
      expect(v).toBeCloseTo(expected[i] as number, 4);
    });
  });

  it('passes no gradient through a ReLU at zero, minus zero or below', () => {
    const x = tf.tensor1d([-1, -0, 0, 1e-40, 2]);
    const dy = tf.tensor1d([5, 6, 7, 8, 9]);
    const dx = tf.engine().runKernel('ArcherReluGrad', { x, dy }) as tf.Tensor;
    // TensorFlow takes denormal numbers for zero.
    const denormal = name === 'tensorflow' ? 0 : 8;
    expect(Array.from(dx.dataSync())).toEqual([0, 0, 0, denormal, 9]);
  });

  it('softmaxCrossEntropy gives losses, errors and the gradient by the logits', () => {
    const logits = tf.tensor2d([0, 0, Math.log(2), 1000, 0, 0], [2, 3]);
    const labels = tf.tensor1d([2, 1], 'int32');
    const { losses, errors } = hostFused.softmaxCrossEntropy(logits, labels);
    expect(losses.arraySync()[0]).toBeCloseTo(Math.log(2), 6);
    expect(losses.arraySync()[1]).toBeCloseTo(1000, 3);
    const expected = [0.25, 0.25, -0.5, 1, -1, 0];
    Array.from(errors.dataSync()).forEach((v, i) => {
      expect(v).toBeCloseTo(expected[i] as number, 6);
    });
    const f = (x: tf.Tensor) => hostFused.softmaxCrossEntropy(x as tf.Tensor2D, labels).losses;
    expect(gradientError(f, [tensor([2, 3]).reshape([2, 3])], 0.01)).toBeLessThan(1e-3);
  });

  it('sgdStep does two steps as PyTorch documents them', () => {
    const value = tf.variable(tf.tensor1d([1]));
    const velocity = tf.variable(tf.tensor1d([0]));
    const options = { learningRate: 0.1, momentum: 0.9, weightDecay: 0.5, nesterov: true };
    hostFused.sgdStep([{ value, velocity, gradient: tf.tensor1d([2]) }], options);
    // g = 2 + 0.5·1 = 2.5, v = 2.5, w = 1 − 0.1·(2.5 + 0.9·2.5) = 0.525
    expect(value.dataSync()[0]).toBeCloseTo(0.525, 6);
    hostFused.sgdStep([{ value, velocity }], options);
    // g = 0.2625, v = 2.5125, w = 0.525 − 0.1·(0.2625 + 0.9·2.5125)
    expect(velocity.dataSync()[0]).toBeCloseTo(2.5125, 6);
    expect(value.dataSync()[0]).toBeCloseTo(0.525 - 0.1 * (0.2625 + 0.9 * 2.5125), 6);
  });

  it('uses the new filter after sgdStep', () => {
    const filter = tf.variable(tf.ones([1, 1, 1, 1]) as tf.Tensor4D);
    const velocity = tf.variable(tf.zerosLike(filter));
    const x = tf.ones([1, 2, 2, 1]) as tf.Tensor4D;
    expect(tf.conv2d(x, filter as tf.Tensor4D, 1, 0).dataSync()[0]).toBe(1);
    const options = { learningRate: 1, momentum: 0, weightDecay: 0, nesterov: false };
    hostFused.sgdStep([{ value: filter, velocity, gradient: tf.fill([1, 1, 1, 1], -2) }], options);
    expect(tf.conv2d(x, filter as tf.Tensor4D, 1, 0).dataSync()[0]).toBe(3);
  });

  it('leaves no tensor behind', () => {
    const w = tf.variable(tensor([3, 3, 2, 2], 2));
    const x = tensor([2, 4, 4, 2], 1);
    const step = () =>
      tf.tidy(() => {
        const { grads } = tf.variableGrads(() => {
          const options = { relu: true, stride: 1, pad: 1, epsilon: EPSILON };
          const { output } = hostFused.reluConvBatchNorm({ x, filter: w as tf.Tensor4D }, options);
          const { losses } = hostFused.softmaxCrossEntropy(
            output.mean([1, 2]) as tf.Tensor2D,
            tf.tensor1d([0, 1], 'int32'),
          );
          return losses.mean();
        });
        for (const gradient of Object.values(grads)) gradient.dispose();
      });
    step();
    const held = () => [tf.memory().numTensors, tf.backend().numDataIds()];
    const before = held();
    step();
    expect(held()).toEqual(before);
  });
});
