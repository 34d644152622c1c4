import {
  gradientsOf,
  type HighwayInputs,
  hostFused,
  type RecurrentActivation,
  tf,
} from '@archer-nas/engine';
import { expect, it } from 'vitest';
import { nativeFused } from './fused.ts';
import { describeBuilt, describePaths } from './testing/built.ts';
import { gradientError, tensors } from './testing/finite-differences.ts';
import { expectSameBits, far } from './testing/same-bits.ts';

const ACTIVATIONS: readonly RecurrentActivation[] = ['tanh', 'relu', 'sigmoid', 'identity'];

/** A node of `width` on n states, and what it is a function of; `k`: with a second input. */
function nodeOf([n, width, k]: readonly [number, number, number?]) {
  const own = tensors([n, width], [width, width], [width, width], [n, width]);
  const more = k === undefined ? [] : tensors([n, k], [k, width], [k, width], [n, k]);
  const pick = ([of, gate, value, mask]: readonly tf.Tensor[]) => ({ of, gate, value, mask });
  const inputs = (all: readonly tf.Tensor[]) =>
    ({
      state: pick([...all.slice(0, 3), own[3] as tf.Tensor]),
      ...(k !== undefined && { input: pick([...all.slice(3, 6), more[3] as tf.Tensor]) }),
    }) as unknown as HighwayInputs;
  return { given: [...own.slice(0, 3), ...more.slice(0, 3)], inputs };
}

describeBuilt('highwayNode', (addon, backend) => {
  describePaths(addon, backend, () => {
    it.each(ACTIVATIONS)('equals its parts, %s, with gradients by every input', (activation) => {
      for (const shape of [
        [5, 19],
        [5, 19, 7],
        [1, 1, 1],
        [33, 40],
      ] as const) {
        const { given, inputs } = nodeOf(shape);
        const [weights] = tensors([shape[0], shape[1]]) as [tf.Tensor];
        const [own, parts] = [nativeFused, hostFused].map((fused) => {
          const { value, grads } = tf.valueAndGrads((...all: tf.Tensor[]) =>
            tf.sum(tf.mul(fused.highwayNode(inputs(all), activation), weights)),
          )(given);
          return [value, ...grads];
        }) as [tf.Tensor[], tf.Tensor[]];
        expect(own).toHaveLength(1 + given.length);
        own.forEach((tensor, i) => {
          expect(far(tensor, parts[i] as tf.Tensor), `${shape} ${i}`).toBeLessThan(1e-5);
        });
      }
    });

    it('adds its gradients to what other nodes have left: one matrix for two nodes', () => {
      const { given, inputs } = nodeOf([4, 6, 3]);
      const twice = (fused: typeof hostFused) => {
        const { value, gradients } = gradientsOf(() => {
          const once = fused.highwayNode(inputs(given), 'tanh');
          const state = { ...inputs(given).state, of: once };
          return tf.sum<tf.Scalar>(
            tf.square(fused.highwayNode({ ...inputs(given), state }, 'sigmoid')),
          );
        }, given);
        return [value, ...gradients] as tf.Tensor[];
      };
      const [own, parts] = [twice(nativeFused), twice(hostFused as typeof nativeFused)];
      own.forEach((tensor, i) => {
        expect(far(tensor, parts[i] as tf.Tensor), `${i}`).toBeLessThan(1e-5);
      });
    });

    it('gives the same bits on every run and for every number of threads', () => {
      const { given, inputs } = nodeOf([70, 65, 33]);
      const run = () => {
        const { value, grads } = tf.valueAndGrads((...all: tf.Tensor[]) =>
          tf.sum(tf.square(nativeFused.highwayNode(inputs(all), 'tanh'))),
        )(given);
        return [value, ...grads];
      };
      expectSameBits(addon, run);
    });
  });

  // A ReLU's kink is too near to these numbers for a difference to be its slope.
  const smooth = ACTIVATIONS.filter((activation) => activation !== 'relu');

  it.each(smooth)('agrees with finite differences by every input, %s', async (activation) => {
    await tf.setBackend(backend);
    tf.tidy(() => {
      const { given, inputs } = nodeOf([3, 4, 2]);
      const run = (...all: tf.Tensor[]) => nativeFused.highwayNode(inputs(all), activation);
      expect(gradientError(run, given)).toBeLessThan(3e-3);
    });
  });

  it('is s + σ(c)(f(v) − s), by hand; masks act on the product alone', async () => {
    await tf.setBackend(backend);
    tf.tidy(() => {
      const one = (value: number) => tf.tensor2d([[value]]);
      // c = ln 3 + 0 · 9: σ = 3/4; v = ½ · 2 = 1.
      const state = { of: one(0.5), gate: one(2 * Math.log(3)), value: one(2) };
      const input = { of: one(9), mask: one(0), gate: one(1), value: one(1) };
      const at = (activation: RecurrentActivation) =>
        nativeFused.highwayNode({ state, input }, activation).dataSync()[0];
      expect(at('identity')).toBeCloseTo(0.5 + 0.75 * (1 - 0.5), 6);
      expect(at('tanh')).toBeCloseTo(0.5 + 0.75 * (Math.tanh(1) - 0.5), 6);
      expect(at('sigmoid')).toBeCloseTo(0.5 + 0.75 * (1 / (1 + Math.exp(-1)) - 0.5), 6);
      const negative = { ...state, value: one(-2) };
      const relu = nativeFused.highwayNode({ state: negative }, 'relu').dataSync()[0];
      expect(relu).toBeCloseTo(0.5 - 0.75 * 0.5, 6);
    });
  });

  it('keeps what its gradient needs, frees it, and refuses shapes that do not fit', async () => {
    await tf.setBackend(backend);
    tf.tidy(() => {
      const { given, inputs } = nodeOf([3, 4, 2]);
      const held = () => [tf.memory().numTensors, tf.backend().numDataIds()];
      const step = () =>
        tf.tidy(() => {
          const f = (...all: tf.Tensor[]) => nativeFused.highwayNode(inputs(all), 'relu');
          for (const grad of tf.grads(f)(given)) grad.dispose();
        });
      step();
      const before = held();
      step();
      expect(held()).toEqual(before);
      const { numTensors } = tf.memory();
      nativeFused.highwayNode(inputs(given), 'relu');
      expect(tf.memory().numTensors).toBe(numTensors + 1);
      const wrong = [...given.slice(0, 2), tf.zeros([4, 5]), ...given.slice(3)];
      expect(() => nativeFused.highwayNode(inputs(wrong), 'tanh')).toThrow(
        "state's value has shape [4,5]; it needs [4,4]",
      );
    });
  });
});
