import { hostFused, type SeparableBlock, tf } from '@archer-nas/engine';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { configure } from './candidate.ts';
import { nativeFused } from './fused.ts';
import { describeBuilt } from './testing/built.ts';
import { gradientError, tensors } from './testing/finite-differences.ts';
import { distance } from './testing/numbers.ts';

const EPSILON = 1e-5;

type Map4 = tf.Tensor4D;
type Vector = tf.Tensor1D;

/** Away from zero, where a ReLU has no derivative for differences to find. */
function image(shape: number[]): Map4 {
  return tf.tidy(() => tensors(shape)[0]?.mul(1.5).round().add(0.5)) as Map4;
}

describeBuilt('fused layers', (addon, backend) => {
  beforeAll(async () => {
    configure(addon, addon.paths()[0] as string, 2, backend);
    await tf.setBackend(backend);
  });
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  const far = (a: tf.Tensor, b: tf.Tensor) => distance(a.dataSync(), b.dataSync());

  function chain([x, d0, p0, g0, b0, d1, p1, g1, b1, addend]: tf.Tensor[], stride: number) {
    const first = { depthwise: d0, pointwise: p0, gamma: g0, beta: b0, stride, pad: 1 };
    const second = { depthwise: d1, pointwise: p1, gamma: g1, beta: b1, stride: 1, pad: 2 };
    const blocks = [first, { ...second, dilation: 2 }] as unknown as SeparableBlock[];
    return { x: x as Map4, blocks, addend: addend as Map4 };
  }

  it.each([1, 2])('separable blocks agree with differences by every input, stride %d', (stride) => {
    const shapes = [[3, 3, 3, 1], [1, 1, 3, 5], [5], [5], [3, 3, 5, 1], [1, 1, 5, 4], [4], [4]];
    const side = 4 / stride;
    const [addend] = tensors([3, side, side, 4]) as [tf.Tensor];
    const inputs = [image([3, 4, 4, 3]), ...tensors(...shapes), addend];
    // Between the blocks a ReLU would have its kink anywhere.
    const options = { relu: false, epsilon: EPSILON };
    const run = (...all: tf.Tensor[]) =>
      nativeFused.separableBatchNorm(chain(all, stride), options).output;
    expect(gradientError(run, inputs)).toBeLessThan(2e-2);
  });

  it.each([1, 2])('separable blocks and their gradients equal their parts, stride %d', (stride) => {
    const shapes = [[3, 3, 19, 1], [1, 1, 19, 33], [33], [33], [3, 3, 33, 1], [1, 1, 33, 20]];
    const side = 8 / stride;
    const rest = tensors(...shapes, [20], [20], [5, side, side, 20]);
    const inputs = [image([5, 8, 8, 19]), ...rest];
    const [weights] = tensors([5, side, side, 20]) as [tf.Tensor];
    const [own, parts] = [nativeFused, hostFused].map((fused) => {
      let statistics: readonly { mean: tf.Tensor; variance: tf.Tensor }[] = [];
      const { value, grads } = tf.valueAndGrads((...all: tf.Tensor[]) => {
        const options = { relu: true, epsilon: EPSILON };
        const made = fused.separableBatchNorm(chain(all, stride), options);
        statistics = made.statistics.map(({ mean, variance }) => ({
          mean: tf.keep(mean),
          variance: tf.keep(variance),
        }));
        return tf.sum(tf.mul(made.output, weights));
      })(inputs);
      return [value, ...grads, ...statistics.flatMap(({ mean, variance }) => [mean, variance])];
    }) as [tf.Tensor[], tf.Tensor[]];
    expect(own.length).toBe(15);
    own.forEach((tensor, i) => {
      expect(far(tensor, parts[i] as tf.Tensor), `${i}`).toBeLessThan(2e-4);
    });
  });

  it('separable blocks give the same bits where no gradient is recorded', () => {
    const shapes = [[3, 3, 19, 1], [1, 1, 19, 33], [33], [33], [3, 3, 33, 1], [1, 1, 33, 20]];
    const rest = tensors(...shapes, [20], [20], [2, 8, 8, 20]);
    const inputs = [image([2, 8, 8, 19]), ...rest];
    const options = { relu: true, epsilon: EPSILON };
    const run = (...all: tf.Tensor[]) => nativeFused.separableBatchNorm(chain(all, 1), options);
    const { numTensors } = tf.memory();
    const { output, statistics } = run(...inputs);
    expect(tf.memory().numTensors).toBe(numTensors + 5);
    const { value } = tf.valueAndGrads((...all: tf.Tensor[]) => run(...all).output)(inputs);
    expect(output.dataSync()).toEqual(value.dataSync());
    const { mean } = tf.moments(output, [0, 1, 2]);
    expect(mean.shape).toEqual(statistics[1]?.mean.shape);
  });

  it('separable blocks keep only results before their norms, and free everything', () => {
    const [d, p] = tensors([3, 3, 4, 1], [1, 1, 4, 4]) as [Map4, Map4];
    const x = image([2, 6, 6, 4]);
    const block = { depthwise: d, pointwise: p, stride: 1, pad: 1 };
    const held = () => [tf.memory().numTensors, tf.backend().numDataIds()];
    const step = () =>
      tf.tidy(() => {
        tf.grad((w) => {
          const blocks = [block, { ...block, depthwise: w as Map4 }];
          return nativeFused.separableBatchNorm({ x, blocks }, { relu: true, epsilon: EPSILON })
            .output;
        })(d).dispose();
      });
    step();
    const before = held();
    step();
    expect(held()).toEqual(before);
  });

  it('mixture is the weighted sum, with gradients by maps and weights', () => {
    const maps = tensors([2, 3, 3, 2], [2, 3, 3, 2], [2, 3, 3, 2]);
    const weights = tf.tensor1d([0.5, -2, 3]);
    const y = nativeFused.mixture(maps, weights);
    expect(far(y, hostFused.mixture(maps, weights))).toBeLessThan(1e-6);
    const run = (...all: tf.Tensor[]) =>
      nativeFused.mixture(all.slice(0, -1), all[all.length - 1] as Vector);
    expect(gradientError(run, [...maps, weights])).toBeLessThan(2e-3);
    expect(nativeFused.mixture([tf.zeros([0, 2])], tf.tensor1d([1])).shape).toEqual([0, 2]);
    expect(() => nativeFused.mixture(maps, tf.tensor1d([1]))).toThrow('has 1 weights');
    const other = [maps[0] as tf.Tensor, tf.zeros([3])];
    expect(() => nativeFused.mixture(other, tf.tensor1d([1, 1]))).toThrow('not mixed');
  });

  it('lstmStep equals its parts and agrees with finite differences by every input', () => {
    const inputs = tensors([3, 4], [3, 5], [3, 5], [4, 20], [5, 20], [20]);
    const step = (fused: typeof hostFused, all: tf.Tensor[]) => {
      const [x, h, c, inputWeights, hiddenWeights] = all as tf.Tensor2D[];
      const bias = all[5] as Vector;
      const given = { x, h, c, inputWeights, hiddenWeights, bias } as LstmInputs;
      return fused.lstmStep(given);
    };
    const [own, parts] = [step(nativeFused, inputs), step(hostFused, inputs)];
    expect(far(own.h, parts.h)).toBeLessThan(2e-6);
    expect(far(own.c, parts.c)).toBeLessThan(2e-6);
    const both = (...all: tf.Tensor[]) => {
      const { h, c } = step(nativeFused, all);
      return tf.concat([h, tf.mul(c, 2)], 1);
    };
    expect(gradientError(both, inputs)).toBeLessThan(3e-3);
    const wrong = [...inputs.slice(0, 5), tf.zeros([5])];
    expect(() => step(nativeFused, wrong)).toThrow('bias has shape [5]; it needs [20]');
  });

  it('norms with given statistics equal their parts, with gradients by every input', () => {
    const [x] = tensors([2, 5, 5, 3]) as [Map4];
    const [filter, d, p] = tensors([3, 3, 3, 4], [3, 3, 3, 1], [1, 1, 3, 4]) as Map4[];
    const [mean, gamma, beta, addend] = tensors([4], [4], [4], [2, 3, 3, 4]);
    const variance = tf.tensor1d([0.5, 1, 2, 4]);
    const options = { relu: true, stride: 2, pad: 1, epsilon: EPSILON };
    const norm = { mean, variance, gamma, beta, addend } as Given;
    const layers = (fused: typeof hostFused, norm: Given): tf.Tensor[] => [
      fused.reluConvBatchNormGiven({ x, filter: filter as Map4, ...norm }, options),
      fused.separableBatchNormGiven(
        { x, depthwise: d as Map4, pointwise: p as Map4, ...norm },
        options,
      ),
      fused.batchNormGiven({ x: norm.addend as Map4, ...norm }, options),
    ];
    const [own, parts] = [layers(nativeFused, norm), layers(hostFused, norm)];
    own.forEach((z, i) => {
      expect(far(z, parts[i] as tf.Tensor), `${i}`).toBeLessThan(5e-6);
    });
    const bare = { mean, variance } as Given;
    const [small, same] = [nativeFused, hostFused].map((fused) =>
      fused.batchNormGiven({ x: addend as Map4, ...bare }, options),
    ) as [tf.Tensor, tf.Tensor];
    expect(far(small, same)).toBeLessThan(1e-6);
    for (const [i] of own.entries()) {
      const run = (...[mean, gamma, beta, addend]: tf.Tensor[]) =>
        layers(nativeFused, { mean, variance, gamma, beta, addend } as Given)[i] as tf.Tensor;
      const inputs = [mean, gamma, beta, addend] as tf.Tensor[];
      expect(gradientError(run, inputs), `${i}`).toBeLessThan(1e-2);
    }
  });
});

type LstmInputs = Parameters<typeof nativeFused.lstmStep>[0];
type Given = Omit<Parameters<typeof nativeFused.batchNormGiven>[0], 'x'>;
