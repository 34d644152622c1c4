import { type DecoderInputs, gradientsOf, tf } from '@archer-nas/engine';
import { expect, it } from 'vitest';
import { nativeFused } from './fused.ts';
import { describeBuilt, describePaths } from './testing/built.ts';
import { gradientError, tensors } from './testing/finite-differences.ts';
import { distance } from './testing/numbers.ts';
import { expectSameBits, far } from './testing/same-bits.ts';

type Size = readonly [number, number, number];

/** A decoder of n states, its labels, and factors that differ. */
function decoderOf([n, width, classes]: Size) {
  const given = tensors([n, width], [classes, width], [classes]);
  const labels = tf.tensor1d(
    Int32Array.from({ length: n }, (_, i) => (7 * i) % classes),
    'int32',
  );
  const factors = tf.tensor1d(Float32Array.from({ length: n }, (_, i) => (1 + (i % 3)) / n));
  const inputs = ([states, table, bias]: readonly tf.Tensor[]) =>
    ({ states, table, bias }) as unknown as DecoderInputs;
  return { given, labels, factors, inputs };
}

/** The same of tfjs operations alone. */
function composed({ states, table, bias }: DecoderInputs, labels: tf.Tensor1D, factors: tf.Tensor) {
  const logits = tf.add<tf.Tensor2D>(tf.matMul(states, table, false, true), bias);
  const target = tf.oneHot(labels, table.shape[0]).toFloat();
  const losses = tf.neg(tf.sum(tf.mul(target, tf.logSoftmax(logits)), 1));
  const lengths = tf.sqrt(tf.sum(tf.square(tf.sub(tf.softmax(logits), target)), 1));
  const hits = tf.cast(tf.equal(tf.argMax(logits, 1), labels), 'float32');
  return { mean: tf.sum<tf.Scalar>(tf.mul(losses, factors)), losses, lengths, hits };
}

describeBuilt('decodedCrossEntropy and embedding', (addon, backend) => {
  describePaths(addon, backend, () => {
    it.each<Size>([
      [5, 19, 7],
      [40, 3, 33],
      [1, 1, 2],
      [9, 40, 300],
      // More states than there are logits for at once, and a last panel that is not whole.
      [70, 4, 30_001],
    ])(
      'equals its parts, with gradients by every input: %i states of %i, %i classes',
      (...size) => {
        const { given, labels, factors, inputs } = decoderOf(size);
        const pass = (f: typeof composed) => {
          let all: ReturnType<typeof composed> | undefined;
          const { gradients } = gradientsOf(() => {
            all = f(inputs(given), labels, factors);
            for (const tensor of Object.values(all)) tf.keep(tensor);
            return tf.mul<tf.Scalar>(all.mean, 1.5);
          }, given);
          return { ...all, states: gradients[0], table: gradients[1], bias: gradients[2] };
        };
        const own = pass((...all) =>
          nativeFused.decodedCrossEntropy(...(all as [never, never, never])),
        );
        for (const [name, part] of Object.entries(pass(composed))) {
          const tensor = own[name as 'mean'] as tf.Tensor;
          expect(tensor.shape, name).toEqual((part as tf.Tensor).shape);
          expect(far(tensor, part as tf.Tensor), name).toBeLessThan(1e-5);
        }
      },
    );

    it('has the loss of large logits, and the first of equal ones as its hit', () => {
      const table = tf.tensor2d([[100], [-100], [100]]);
      const states = tf.tensor2d([[1], [1], [1], [-1]]);
      const labels = tf.tensor1d([0, 1, 2, 1], 'int32');
      const { losses, lengths, hits } = nativeFused.decodedCrossEntropy(
        { states, table, bias: tf.zeros([3]) },
        labels,
        tf.ones([4]),
      );
      const expected = [Math.LN2, 200 + Math.LN2, Math.LN2, 0];
      expect(distance(losses.dataSync(), Float32Array.from(expected))).toBeLessThan(1e-5);
      const half = Math.SQRT1_2;
      const errors = [half, Math.sqrt(1.5), half, 0];
      expect(distance(lengths.dataSync(), Float32Array.from(errors))).toBeLessThan(1e-6);
      expect([...hits.dataSync()]).toEqual([1, 0, 0, 1]);
    });

    it('embeds rows, and adds their gradients to what the decoder has left', () => {
      const [table, weights] = tensors([6, 5], [4, 5]) as [tf.Tensor2D, tf.Tensor];
      const tokens = tf.tensor1d([2, 0, 2, 5], 'int32');
      const y = nativeFused.embedding(table, tokens);
      expect(far(y, tf.gather(table, tokens))).toBe(0);
      const onehot = tf.oneHot(tokens, 6).toFloat() as tf.Tensor2D;
      const loss = (rows: tf.Tensor) =>
        tf.add<tf.Scalar>(tf.sum(tf.mul(rows, weights)), tf.sum(tf.square(table)));
      const own = gradientsOf(() => loss(nativeFused.embedding(table, tokens)), [table]);
      const parts = gradientsOf(() => loss(tf.matMul(onehot, table)), [table]);
      const [a, b] = [own, parts].map(({ gradients }) => gradients[0] as tf.Tensor);
      expect(far(a as tf.Tensor, b as tf.Tensor)).toBeLessThan(1e-6);
      const wrong = tf.tensor1d([6], 'int32');
      expect(() => nativeFused.embedding(table, wrong).dataSync()).toThrow(
        'not a row of the table',
      );
    });

    it('gives the same bits on every run and for every number of threads', () => {
      const { given, labels, factors, inputs } = decoderOf([70, 17, 20_000]);
      const run = () => {
        const f = () => nativeFused.decodedCrossEntropy(inputs(given), labels, factors).mean;
        const { value, gradients } = gradientsOf(f, given);
        return [value, ...gradients] as tf.Tensor[];
      };
      expectSameBits(addon, run);
    });
  });

  it('agrees with finite differences by every input', async () => {
    await tf.setBackend(backend);
    tf.tidy(() => {
      const { given, labels, factors, inputs } = decoderOf([4, 3, 5]);
      const run = (...all: tf.Tensor[]) =>
        nativeFused.decodedCrossEntropy(inputs(all), labels, factors).mean;
      expect(gradientError(run, given)).toBeLessThan(1e-3);
    });
  });

  it('frees what its gradient needs, takes no new memory, and refuses wrong shapes', async () => {
    await tf.setBackend(backend);
    tf.tidy(() => {
      const { given, labels, factors, inputs } = decoderOf([6, 3, 5]);
      const { buffers } = tf.backend() as unknown as { buffers: { bytes: number } };
      const held = () => [tf.memory().numTensors, tf.backend().numDataIds(), buffers.bytes];
      const step = () =>
        tf.tidy(() => {
          const f = () => nativeFused.decodedCrossEntropy(inputs(given), labels, factors).mean;
          gradientsOf(f, given);
        });
      step();
      const before = held();
      step();
      expect(held()).toEqual(before);
      expect(() => nativeFused.decodedCrossEntropy(inputs(given), labels, tf.ones([5]))).toThrow(
        "decoder's factors has shape [5]; it needs [6]",
      );
    });
  });
});
