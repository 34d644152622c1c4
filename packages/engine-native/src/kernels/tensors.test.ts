import { tf } from '@archer-nas/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { configure } from '../candidate.ts';
import { describeBuilt } from '../testing/built.ts';
import { between, distance, generator, numbers } from '../testing/numbers.ts';

type Make = (shape: number[]) => tf.Tensor;
type Case = readonly [name: string, run: (make: Make, pick: Pick) => tf.Tensor];
type Pick = (low: number, high: number) => number;

/** A random shape, and the same with some axes of one. */
function shapePair(pick: Pick): [number[], number[]] {
  const shape = Array.from({ length: pick(0, 5) }, () => pick(1, 7));
  const other = shape.map((side) => (pick(0, 2) === 0 ? 1 : side)).slice(pick(0, shape.length));
  return pick(0, 1) ? [shape, other] : [other, shape];
}

const positive = (x: tf.Tensor) => tf.add(tf.abs(x), 0.5);

const CASES: readonly Case[] = [
  ...(['add', 'sub', 'mul', 'maximum', 'minimum', 'squaredDifference'] as const).map(
    (name): Case => [
      name,
      (make, pick) => {
        const [a, b] = shapePair(pick);
        return tf[name](make(a), make(b));
      },
    ],
  ),
  [
    'div',
    (make, pick) => {
      const [a, b] = shapePair(pick);
      return tf.div(make(a), positive(make(b)));
    },
  ],
  ...(['relu', 'neg', 'square', 'abs', 'onesLike', 'zerosLike', 'step'] as const).map(
    (name): Case => [name, (make, pick) => tf[name](make(shapePair(pick)[0]))],
  ),
  ...(['sqrt', 'rsqrt', 'reciprocal'] as const).map(
    (name): Case => [name, (make, pick) => tf[name](positive(make(shapePair(pick)[0])))],
  ),
  ...(['exp', 'sigmoid', 'tanh'] as const).map(
    (name): Case => [name, (make, pick) => tf[name](tf.mul(make(shapePair(pick)[0]), 12))],
  ),
  ['log', (make, pick) => tf.log(tf.mul(positive(make(shapePair(pick)[0])), 100))],
  [
    'softmax',
    (make, pick) => {
      const shape = Array.from({ length: pick(1, 4) }, () => pick(1, 40));
      return tf.softmax(tf.mul(make(shape), 20));
    },
  ],
  [
    'addN',
    (make, pick) => {
      const shape = [pick(1, 5), pick(1, 90)];
      return tf.addN(Array.from({ length: pick(1, 5) }, () => make(shape)));
    },
  ],
  ...(['sum', 'mean', 'max', 'min'] as const).map(
    (name): Case => [
      name,
      (make, pick) => {
        const shape = Array.from({ length: pick(1, 4) }, () => pick(1, 40));
        const axes = shape.map((_, d) => d).filter(() => pick(0, 1) === 1);
        return tf[name](make(shape), axes.length ? axes : undefined, pick(0, 1) === 1);
      },
    ],
  ),
  [
    'matMul',
    (make, pick) => {
      const [m, k, n] = [pick(1, 70), pick(1, 70), pick(1, 70)];
      const [ta, tb] = [pick(0, 1) === 1, pick(0, 1) === 1];
      const lead = pick(0, 1) ? [pick(1, 3)] : [];
      const a = make([...lead, ...(ta ? [k, m] : [m, k])]);
      const b = make([...lead, ...(tb ? [n, k] : [k, n])]);
      return tf.matMul(a, b, ta, tb);
    },
  ],
  [
    'slice',
    (make, pick) => {
      const shape = Array.from({ length: pick(1, 4) }, () => pick(1, 9));
      const begin = shape.map((side) => pick(0, side - 1));
      return tf.slice(
        make(shape),
        begin,
        shape.map((side, d) => pick(1, side - (begin[d] as number))),
      );
    },
  ],
  [
    'pad',
    (make, pick) => {
      const shape = Array.from({ length: pick(1, 4) }, () => pick(1, 9));
      const sides = shape.map((): [number, number] => [pick(0, 3), pick(0, 3)]);
      return tf.pad(make(shape), sides, pick(-2, 2));
    },
  ],
  [
    'transpose',
    (make, pick) => {
      const shape = Array.from({ length: pick(1, 5) }, () => pick(1, 6));
      const axes = shape.map((_, d) => d);
      return tf.transpose(make(shape), pick(0, 1) ? axes.reverse() : axes.sort(() => pick(-1, 1)));
    },
  ],
  [
    'concat',
    (make, pick) => {
      const shape = Array.from({ length: pick(1, 4) }, () => pick(1, 6));
      const axis = pick(0, shape.length - 1);
      const parts = Array.from({ length: pick(1, 4) }, () =>
        make(shape.map((side, d) => (d === axis ? pick(1, 6) : side))),
      );
      return tf.concat(parts, axis);
    },
  ],
  [
    'split',
    (make, pick) => {
      const shape = Array.from({ length: pick(1, 4) }, () => pick(1, 6));
      const axis = pick(0, shape.length - 1);
      const sizes = Array.from({ length: pick(1, 4) }, () => pick(1, 6));
      shape[axis] = sizes.reduce((sum, size) => sum + size, 0);
      return tf.split(make(shape), sizes, axis)[pick(0, sizes.length - 1)] as tf.Tensor;
    },
  ],
  ['logSoftmax', (make, pick) => tf.logSoftmax(make([pick(1, 9), pick(1, 20)]))],
  [
    'batchNorm',
    (make, pick) => {
      const c = pick(1, 40);
      const [mean, variance] = [make([c]), positive(make([c]))] as tf.Tensor1D[];
      const x = make([pick(1, 3), pick(1, 5), pick(1, 5), c]) as tf.Tensor4D;
      const [offset, scale] = pick(0, 1) ? ([make([c]), make([c])] as tf.Tensor1D[]) : [];
      return tf.batchNorm(x, mean as tf.Tensor1D, variance as tf.Tensor1D, offset, scale, 1e-3);
    },
  ],
  ...(['maxPool', 'avgPool'] as const).flatMap((name): Case[] => [
    [name, (make, pick) => pool(name, make, pick).forward()],
    [`${name}'s gradient`, (make, pick) => pool(name, make, pick).gradient()],
  ]),
];

function pool(name: 'maxPool' | 'avgPool', make: Make, pick: Pick) {
  const x = make([pick(1, 3), pick(1, 12), pick(1, 12), pick(1, 40)]) as tf.Tensor4D;
  const size: [number, number] = [pick(1, 3), pick(1, 3)];
  const stride: [number, number] = [pick(1, 3), pick(1, 3)];
  const fits = (x.shape[1] as number) >= size[0] && (x.shape[2] as number) >= size[1];
  const run = (input: tf.Tensor) =>
    tf[name](
      input as tf.Tensor4D,
      size,
      stride,
      fits && pick.length && stride[0] === 2 ? 'valid' : 'same',
    );
  return {
    forward: () => run(x),
    gradient: () =>
      tf.grads((input, weights) => tf.mul(run(input as tf.Tensor), weights as tf.Tensor))([
        x,
        make(run(x).shape),
      ])[0] as tf.Tensor,
  };
}

describeBuilt('tensor kernels', (addon, built) => {
  describe.each(addon.paths())('on %s', (path) => {
    beforeAll(() => configure(addon, path, 2, built));

    it.each(CASES)('%s equals plain JavaScript over random shapes', async (_name, run) => {
      for (let seed = 0; seed < 15; seed++) {
        const results: { values: ArrayLike<number>; shape: number[] }[] = [];
        for (const backend of ['cpu', built]) {
          await tf.setBackend(backend);
          tf.tidy(() => {
            const random = generator(seed);
            const make: Make = (shape) =>
              tf.tensor(
                numbers(
                  random,
                  shape.reduce((a, b) => a * b, 1),
                ),
                shape,
              );
            const y = run(make, (low, high) => between(random, low, high));
            results.push({ values: y.dataSync().slice(), shape: y.shape });
          });
        }
        expect(results[1]?.shape).toEqual(results[0]?.shape);
        const [wanted, given] = results.map(({ values }) => values) as [Values, Values];
        expect(distance(given, wanted), `seed ${seed}`).toBeLessThan(3e-6);
      }
    });
  });

  it('never hands out memory that is used again', async () => {
    configure(addon, addon.paths()[0] as string, 1, built);
    await tf.setBackend(built);
    const whole = tf.add(tf.range(0, 64), 0);
    const parts = tf.split(whole, 2);
    const [row] = tf.unstack(tf.reshape(whole, [2, 32]));
    const read = whole.dataSync();
    whole.dispose();
    const other = tf.fill([64], -1).add(0);
    expect([...read.slice(0, 3)]).toEqual([0, 1, 2]);
    expect([...(row as tf.Tensor).dataSync().slice(0, 3)]).toEqual([0, 1, 2]);
    expect([...(parts[1] as tf.Tensor).dataSync().slice(0, 3)]).toEqual([32, 33, 34]);
    tf.dispose([other, row as tf.Tensor, ...parts]);
  });

  it('gives infinities and NaN where they belong', async () => {
    await tf.setBackend(built);
    const x = tf.tensor1d([-Infinity, -1, 0, 1e-40, Infinity, NaN]);
    expect([...tf.exp(x).dataSync()]).toEqual([0, Math.fround(Math.exp(-1)), 1, 1, Infinity, NaN]);
    const logs = [...tf.log(x).dataSync()];
    expect(logs.map((v) => (Number.isFinite(v) ? Math.round(v) : v))).toEqual([
      NaN,
      NaN,
      -Infinity,
      -92,
      Infinity,
      NaN,
    ]);
    expect([...tf.tanh(x).dataSync()].map((v) => v.toFixed(3))).toEqual([
      '-1.000',
      '-0.762',
      '0.000',
      '0.000',
      '1.000',
      'NaN',
    ]);
    expect([...tf.sigmoid(x).dataSync()].map((v) => v.toFixed(3))).toEqual([
      '0.000',
      '0.269',
      '0.500',
      '0.500',
      '1.000',
      'NaN',
    ]);
    expect(tf.max(x).dataSync()[0]).toBeNaN();
    expect([
      ...tf
        .min(
          tf.tensor2d([
            [1, -2],
            [NaN, 3],
          ]),
          1,
        )
        .dataSync(),
    ]).toEqual([-2, NaN]);
  });

  it('leaves integers and empty tensors to the plain kernels', async () => {
    await tf.setBackend(built);
    const sum = tf.add(tf.tensor1d([1, 2], 'int32'), tf.tensor1d([3, 4], 'int32'));
    expect([sum.dtype, ...sum.dataSync()]).toEqual(['int32', 4, 6]);
    expect(tf.add(tf.zeros([0, 3]), tf.ones([1, 3])).shape).toEqual([0, 3]);
    expect(tf.sum(tf.zeros([0, 3]), 0).arraySync()).toEqual([0, 0, 0]);
    expect(tf.concat([tf.zeros([0, 2]), tf.ones([1, 2])]).arraySync()).toEqual([[1, 1]]);
  });
});

type Values = ArrayLike<number>;
