import {
  gradientsOf,
  type HighwayWindowInputs,
  hostFused,
  type RecurrentActivation,
  tf,
} from '@archer-nas/engine';
import { expect, it } from 'vitest';
import { nativeFused } from './fused.ts';
import { describeBuilt, describePaths } from './testing/built.ts';
import { gradientError, tensors } from './testing/finite-differences.ts';
import { expectSameBits, far } from './testing/same-bits.ts';

/** Each activation twice, a chain and a fan. */
const CELL = nodesOf(
  '0 tanh, 0 relu, 1 sigmoid, 0 identity, 2 tanh, 4 sigmoid, 2 identity, 6 relu',
);
/** The nodes that no other reads. */
const LOOSE = [3, 5, 7];
const SMOOTH = CELL.map((node) =>
  node.activation === 'relu' ? { ...node, activation: 'tanh' as const } : node,
);

/** Nodes by what they read and apply. */
function nodesOf(text: string) {
  return text.split(', ').map((node) => {
    const [from, activation] = node.split(' ');
    return { from: Number(from), activation: activation as RecurrentActivation };
  });
}

interface Size {
  readonly steps: number;
  readonly lanes: number;
  readonly inputs: number;
  readonly width: number;
  readonly masked?: boolean;
}

/** Values of a window: x, h, and the matrices of x and of every node. */
function windowOf({ steps, lanes, inputs: k, width, masked = true }: Size, cell = CELL) {
  const squares = cell.flatMap(() => [
    [width, width],
    [width, width],
  ]);
  const shapes = [[steps * lanes, k], [lanes, width], [k, width], [k, width], ...squares];
  const given = tensors(...shapes);
  const [inputMask, hiddenMask] = tensors([lanes, k], [lanes, width]);
  const inputs = ([x, h, gate, value, ...rest]: readonly tf.Tensor[]) => {
    const nodes = cell.map((node, at) => {
      return { ...node, gate: rest[2 * at], value: rest[2 * at + 1] };
    });
    const averaged = cell.length === 1 ? [0] : LOOSE;
    const all = { x, h, input: { gate, value }, nodes, averaged };
    return (masked ? { ...all, inputMask, hiddenMask } : all) as unknown as HighwayWindowInputs;
  };
  return { given, inputs };
}

/** The states of a window, and gradients of a weighted sum of them. */
function passOf(fused: Pick<typeof nativeFused, 'highwayWindow'>, size: Size, cell = CELL) {
  const { given, inputs } = windowOf(size, cell);
  const [weights] = tensors([size.steps * size.lanes, size.width]) as [tf.Tensor];
  let states: tf.Tensor | undefined;
  const { gradients } = gradientsOf(() => {
    states = tf.keep(fused.highwayWindow(inputs(given)));
    return tf.sum<tf.Scalar>(tf.mul(states, weights));
  }, given);
  return [states, ...gradients] as tf.Tensor[];
}

describeBuilt('highwayWindow', (addon, backend) => {
  describePaths(addon, backend, () => {
    it.each<Size>([
      { steps: 5, lanes: 3, inputs: 7, width: 19 },
      { steps: 3, lanes: 9, inputs: 20, width: 16, masked: false },
      { steps: 1, lanes: 1, inputs: 1, width: 1 },
      // More lanes than a task has, and more rows than are joined at a time.
      { steps: 7, lanes: 100, inputs: 5, width: 33 },
      // A sum longer than a stretch.
      { steps: 2, lanes: 2, inputs: 300, width: 270 },
    ])('equals its steps and nodes, with gradients by every input: %o', (size) => {
      const [own, parts] = [passOf(nativeFused, size), passOf(hostFused, size)];
      expect(own).toHaveLength(1 + 4 + 2 * CELL.length);
      own.forEach((tensor, i) => {
        const most = Math.max(1, ...(parts[i] as tf.Tensor).dataSync().map(Math.abs));
        expect(far(tensor, parts[i] as tf.Tensor) / most, `${i}`).toBeLessThan(1e-5);
      });
    });

    it('is one node where a cell has one', () => {
      const size = { steps: 4, lanes: 3, inputs: 2, width: 5 };
      const cell = nodesOf('0 tanh');
      const [own, parts] = [passOf(nativeFused, size, cell), passOf(hostFused, size, cell)];
      own.forEach((tensor, i) => {
        expect(far(tensor, parts[i] as tf.Tensor), `${i}`).toBeLessThan(1e-5);
      });
    });

    it('gives the same bits on every run and for every number of threads', () => {
      const run = () => passOf(nativeFused, { steps: 7, lanes: 130, inputs: 9, width: 24 });
      expectSameBits(addon, run);
    });
  });

  it('agrees with finite differences by every input', async () => {
    await tf.setBackend(backend);
    tf.tidy(() => {
      const { given, inputs } = windowOf({ steps: 3, lanes: 2, inputs: 2, width: 2 }, SMOOTH);
      const run = (...all: tf.Tensor[]) => nativeFused.highwayWindow(inputs(all));
      expect(gradientError(run, given)).toBeLessThan(3e-3);
    });
  });

  it('computes the gradients that are asked for: by x alone, or by one matrix', async () => {
    await tf.setBackend(backend);
    tf.tidy(() => {
      const { given, inputs } = windowOf({ steps: 3, lanes: 2, inputs: 4, width: 3 });
      const run = () => tf.sum<tf.Scalar>(tf.square(nativeFused.highwayWindow(inputs(given))));
      const all = gradientsOf(run, given).gradients;
      for (const at of [0, 1, 7]) {
        const [alone] = gradientsOf(run, [given[at] as tf.Tensor]).gradients;
        expect(far(alone as tf.Tensor, all[at] as tf.Tensor)).toBe(0);
      }
    });
  });

  it('takes one matrix for two nodes, whose gradients are added', async () => {
    await tf.setBackend(backend);
    tf.tidy(() => {
      const { given, inputs } = windowOf({ steps: 2, lanes: 2, inputs: 2, width: 3 });
      const twice = (fused: Pick<typeof nativeFused, 'highwayWindow'>) => {
        const { nodes, ...rest } = inputs(given);
        const tied = { ...rest, nodes: nodes.map((n, at) => (at === 4 ? { ...n, ...W } : n)) };
        return gradientsOf(
          () => tf.sum<tf.Scalar>(tf.square(fused.highwayWindow(tied as HighwayWindowInputs))),
          [W.gate, W.value],
        ).gradients;
      };
      const { gate, value } = inputs(given).nodes[2] as { gate: tf.Tensor2D; value: tf.Tensor2D };
      const W = { gate, value };
      const [own, parts] = [twice(nativeFused), twice(hostFused)];
      own.forEach((tensor, i) => {
        expect(far(tensor as tf.Tensor, parts[i] as tf.Tensor)).toBeLessThan(1e-5);
      });
    });
  });

  it('keeps what its gradient needs, frees it, takes no new memory, and refuses wrong shapes', async () => {
    await tf.setBackend(backend);
    tf.tidy(() => {
      const size = { steps: 3, lanes: 2, inputs: 4, width: 3 };
      const { given, inputs } = windowOf(size);
      const { buffers } = tf.backend() as unknown as { buffers: { bytes: number } };
      const held = () => [tf.memory().numTensors, tf.backend().numDataIds(), buffers.bytes];
      const step = () =>
        tf.tidy(() => {
          const f = () => tf.sum<tf.Scalar>(nativeFused.highwayWindow(inputs(given)));
          gradientsOf(f, given);
        });
      step();
      const before = held();
      step();
      expect(held()).toEqual(before);
      const { numTensors } = tf.memory();
      nativeFused.highwayWindow(inputs(given));
      expect(tf.memory().numTensors).toBe(numTensors + 1);
      const wrong = [...given.slice(0, 5), tf.zeros([4, 3]), ...given.slice(6)];
      expect(() => nativeFused.highwayWindow(inputs(wrong))).toThrow(
        "node 0's value has shape [4,3]; it needs [3,3]",
      );
      const uneven = [tf.zeros([5, 4]), ...given.slice(1)];
      expect(() => nativeFused.highwayWindow(inputs(uneven))).toThrow('5 rows is not whole steps');
    });
  });
});
