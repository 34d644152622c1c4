import { gradientsOf, share, tf } from '@archer-nas/engine';
import { beforeAll, expect, it } from 'vitest';
import { configure } from './candidate.ts';
import { nativeFused } from './fused.ts';
import { describeBuilt } from './testing/built.ts';
import { gradientError, tensors } from './testing/finite-differences.ts';

const EPSILON = 1e-5;

describeBuilt('fused kernels', (addon, backend) => {
  beforeAll(async () => {
    configure(addon, addon.paths()[0] as string, 2, backend);
    await tf.setBackend(backend);
  });

  it('reluConvBatchNorm keeps nothing for gradients where none are recorded, with the same bits', () => {
    const [x, filter, addend] = tensors([3, 9, 9, 20], [3, 3, 20, 24], [3, 9, 9, 24]);
    const options = { relu: true, stride: 1, pad: 1, epsilon: EPSILON };
    const run = (x: tf.Tensor, filter: tf.Tensor) => {
      const inputs = { x: x as tf.Tensor4D, filter: filter as tf.Tensor4D };
      return nativeFused.reluConvBatchNorm({ ...inputs, addend: addend as tf.Tensor4D }, options);
    };
    const before = tf.memory();
    const { output, mean, variance } = run(x as tf.Tensor, filter as tf.Tensor);
    const after = tf.memory();
    expect(after.numTensors - before.numTensors).toBe(3);
    expect(after.numBytes - before.numBytes).toBe(4 * (output.size + mean.size + variance.size));
    const recorded: ArrayLike<number>[] = [];
    tf.grads((x, filter) => {
      const normal = run(x as tf.Tensor, filter as tf.Tensor);
      recorded.push(...Object.values(normal).map((tensor) => tensor.dataSync()));
      return tf.sum(normal.output);
    })([x as tf.Tensor, filter as tf.Tensor]);
    expect([output, mean, variance].map((tensor) => tensor.dataSync())).toEqual(recorded);
  });

  it.each([
    { relu: false, stride: 1, pad: 1, dilation: 1, size: 3 },
    { relu: true, stride: 2, pad: 1, dilation: 1, size: 3 },
    { relu: true, stride: 1, pad: 2, dilation: 2, size: 3 },
    { relu: true, stride: 1, pad: 0, dilation: 1, size: 1 },
  ])('reluConvBatchNorm agrees with finite differences by every input: %o', ({ size, ...rest }) => {
    const image = [2, 5, 5, 3];
    // Away from zero, where a ReLU has no derivative for the differences to find.
    const x = tf.tidy(() => tensors(image)[0]?.mul(1.5).round().add(0.5)) as tf.Tensor;
    const [filter, gamma, beta] = tensors([size, size, 3, 5], [5], [5]) as Trio;
    const options = { ...rest, epsilon: EPSILON };
    const shape = nativeFused.reluConvBatchNorm({ x: x as tf.Tensor4D, filter }, options).output
      .shape;
    const run = (...[x, filter, gamma, beta, addend]: tf.Tensor[]) =>
      nativeFused.reluConvBatchNorm(
        {
          x: x as tf.Tensor4D,
          filter: filter as tf.Tensor4D,
          gamma: gamma as tf.Tensor1D,
          beta: beta as tf.Tensor1D,
          addend: addend as tf.Tensor4D,
        },
        options,
      ).output;
    const [addend] = tensors(shape) as [tf.Tensor];
    expect(gradientError(run, [x, filter, gamma, beta, addend])).toBeLessThan(5e-3);
  });

  it('gives statistics exactly also when the mean is a thousand deviations', () => {
    const x = tf.tensor4d([1000, 1001, 1002, 1003], [2, 2, 1, 1]);
    const { output, mean, variance } = nativeFused.batchNorm({ x }, { epsilon: 0 });
    expect([...mean.dataSync(), ...variance.dataSync()]).toEqual([1001.5, 1.25]);
    [-1.5, -0.5, 0.5, 1.5].forEach((v, i) => {
      // A product of a thousand and more loses three digits where it is rounded before the sum.
      expect(output.dataSync()[i]).toBeCloseTo(v / Math.sqrt(1.25), 3);
    });
  });

  it('spares the gradient by images', () => {
    const [x, filter] = tensors([1, 4, 4, 3], [3, 3, 3, 4]) as [tf.Tensor4D, tf.Tensor4D];
    const options = { relu: false, stride: 1, pad: 1, epsilon: EPSILON, inputGradient: false };
    const by = tf.grad((w) => {
      const { output } = nativeFused.reluConvBatchNorm({ x, filter: w as tf.Tensor4D }, options);
      return tf.sum(tf.square(output.mul(tf.range(0, 64).reshape([1, 4, 4, 4]))));
    })(filter);
    expect(by.shape).toEqual([3, 3, 3, 4]);
  });

  it.each([
    { size: 3, stride: 1, pad: 1 },
    { size: 3, stride: 2, pad: 1 },
    { size: 2, stride: 2, pad: 0 },
  ])('averagePool adds, and agrees with finite differences by both inputs: %o', (options) => {
    const [x] = tensors([2, 5, 4, 3]) as [tf.Tensor4D];
    const pooled = nativeFused.averagePool({ x }, options);
    const [addend] = tensors(pooled.shape) as [tf.Tensor4D];
    const sum = nativeFused.averagePool({ x, addend }, options);
    expect(sum.dataSync()).toEqual(tf.add(addend, pooled).dataSync());
    const run = (...[x, addend]: tf.Tensor[]) =>
      nativeFused.averagePool({ x: x as tf.Tensor4D, addend: addend as tf.Tensor4D }, options);
    expect(gradientError(run, [x, addend])).toBeLessThan(2e-3);
  });

  it('averagePool divides by the pixels inside of the image', () => {
    const x = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
    const y = nativeFused.averagePool({ x }, { size: 3, stride: 1, pad: 1 });
    expect([...y.dataSync()]).toEqual([2.5, 2.5, 2.5, 2.5]);
  });

  it('sums of gradients in place have the bits of sums apart', () => {
    const [x, w1, w3] = tensors([2, 6, 6, 19], [1, 1, 19, 19], [3, 3, 19, 19]) as Maps;
    const unit = { relu: true, stride: 1, epsilon: EPSILON };
    const pool = { size: 3, stride: 1, pad: 1 };
    const cell = () => {
      const two = nativeFused.averagePool({ x, addend: x }, pool);
      const three = nativeFused.reluConvBatchNorm(
        { x: two, filter: w1, addend: x },
        { ...unit, pad: 0 },
      );
      const four = { x, filter: w3, addend: three.output };
      return nativeFused.reluConvBatchNorm(four, { ...unit, pad: 1 }).output;
    };
    const loss = () => tf.sum<tf.Scalar>(tf.square(cell()));
    const apart = tf.valueAndGrads(loss as never)([x, w1, w3]).grads;
    gradientsOf(loss, [x, w1, w3]).gradients.forEach((gradient, i) => {
      expect(gradient?.dataSync()).toEqual(apart[i]?.dataSync());
    });
  });

  it('addInPlace refuses memory that something else reads', () => {
    const [sum, term] = [tf.add(tf.tensor1d([1, 2]), 0), tf.tensor1d([10, 20])];
    expect(nativeFused.addInPlace(sum, term)).toBe(true);
    expect([...sum.dataSync()]).toEqual([11, 22]);
    const other = share(sum);
    expect(nativeFused.addInPlace(sum, term)).toBe(false);
    expect([...other.dataSync()]).toEqual([11, 22]);
    // Memory of the user's is not the engine's to write.
    expect(nativeFused.addInPlace(term, term)).toBe(false);
  });

  it('softmaxCrossEntropy gives losses, errors and the gradient by the logits', () => {
    const logits = tf.tensor2d([0, 0, Math.log(2), 1000, 0, 0], [2, 3]);
    const labels = tf.tensor1d([2, 1], 'int32');
    const { losses, errors } = nativeFused.softmaxCrossEntropy(logits, labels);
    expect(losses.dataSync()[0]).toBeCloseTo(Math.log(2), 6);
    expect(losses.dataSync()[1]).toBeCloseTo(1000, 3);
    [0.25, 0.25, -0.5, 1, -1, 0].forEach((v, i) => {
      expect(errors.dataSync()[i]).toBeCloseTo(v, 6);
    });
    const f = (x: tf.Tensor) => nativeFused.softmaxCrossEntropy(x as tf.Tensor2D, labels).losses;
    expect(gradientError(f, tensors([2, 3]))).toBeLessThan(1e-3);
  });

  it('sgdStep scales gradients as a multiplication before it would, bit for bit', () => {
    const [start, gradient] = tensors([37], [37]) as [tf.Tensor1D, tf.Tensor1D];
    const options = { learningRate: 0.1, momentum: 0.9, weightDecay: 5e-4, nesterov: false };
    const [inside, before] = [0.3, 1].map((scale) => {
      const [value, velocity] = [tf.variable(start), tf.variable(tf.zeros([37]))];
      const given = scale === 1 ? tf.mul(gradient, 0.3) : gradient;
      // The second step is in place.
      for (let step = 0; step < 2; step++) {
        nativeFused.sgdStep([{ value, velocity, gradient: given }], { ...options, scale });
      }
      return value.dataSync();
    });
    expect(inside).toEqual(before);
  });

  it('sgdStep steps as PyTorch documents it and leaves the values it was given alone', () => {
    const given = Float32Array.of(1);
    const value = tf.variable(tf.tensor1d(given));
    const velocity = tf.variable(tf.tensor1d([0]));
    const options = { learningRate: 0.1, momentum: 0.9, weightDecay: 0.5, nesterov: true };
    const kept = value.clone();
    nativeFused.sgdStep([{ value, velocity, gradient: tf.tensor1d([2]) }], options);
    // g = 2 + 0.5·1 = 2.5, v = 2.5, w = 1 − 0.1·(2.5 + 0.9·2.5) = 0.525
    expect(value.dataSync()[0]).toBeCloseTo(0.525, 6);
    expect([given[0], kept.dataSync()[0]]).toEqual([1, 1]);
    // The second step is in place: g = 0.2625, v = 2.5125.
    const { dataId } = value;
    nativeFused.sgdStep([{ value, velocity }], options);
    expect(value.dataId).toBe(dataId);
    expect(velocity.dataSync()[0]).toBeCloseTo(2.5125, 6);
    expect(value.dataSync()[0]).toBeCloseTo(0.525 - 0.1 * (0.2625 + 0.9 * 2.5125), 6);
    const wrong = [{ value, velocity, gradient: tf.zeros([2]) }];
    expect(() => nativeFused.sgdStep(wrong, options)).toThrow('shape [2] is not for [1]');
  });
});

type Trio = [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D];
type Maps = [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
