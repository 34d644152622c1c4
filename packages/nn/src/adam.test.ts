import { createStreams, type State } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { describe, expect, it } from 'vitest';
import { Adam, type AdamOptions } from './adam.ts';
import { withoutFusion } from './fused.ts';
import { ParameterStore } from './parameter-store.ts';
import { describeOnEngines } from './testing/engines.ts';

const specs = ['w', 'unused'].map((name) => ({ name, shape: [1], init: 'ones' }) as const);

/** Values of w, which starts at 1, after steps with these gradients; `null`: none. */
function trajectory(gradients: (number | null)[], options: AdamOptions, rate: number): number[] {
  const store = new ParameterStore(specs, createStreams(0));
  const adam = new Adam(store, options);
  const values = gradients.map((g) => {
    const map = new Map(g === null ? [] : [['w', tf.tensor1d([g])]]);
    adam.step(map, { learningRate: rate });
    tf.dispose([...map.values()]);
    return store.value('w').dataSync()[0] ?? Number.NaN;
  });
  expect(store.value('unused').dataSync()[0]).toBe(1);
  adam.dispose();
  store.dispose();
  return values;
}

/** The same by torch.optim.Adam and AdamW (PyTorch 2.13) in double precision. */
const TORCH = {
  plain: [0.950000001, 0.977975176, 0.998026294, 1.013024085],
  decay: [0.950000001, 0.975429726, 0.9918459, 1.002354593],
  decoupled: [0.945000001, 0.968250176, 0.983460044, 0.993540534],
  other: [0.958333333, 0.994993244, 1.012210339, 1.019177964],
};

describeOnEngines(() => {
  it.each([
    { options: {}, wanted: TORCH.plain },
    { options: { weightDecay: 0.1 }, wanted: TORCH.decay },
    { options: { weightDecay: 0.1, decoupled: true }, wanted: TORCH.decoupled },
    { options: { beta1: 0.5, beta2: 0.9, epsilon: 0.1 }, wanted: TORCH.other },
  ])('follows PyTorch: $options', ({ options, wanted }) => {
    const run = () => trajectory([0.5, -2, 0.1, 0.1], options, 0.05);
    for (const values of [run(), withoutFusion(run)]) {
      values.forEach((value, i) => {
        expect(value).toBeCloseTo(wanted[i] as number, 6);
      });
    }
  });
});

describe('Adam', () => {
  it('leaves a parameter without a gradient alone and does not count the step', () => {
    const [first, second, third] = trajectory([0.5, null, 0.5], {}, 0.05);
    expect(second).toBe(first);
    expect(third).toBe(trajectory([0.5, 0.5], {}, 0.05)[1]);
  });

  it('scales gradients, not the decay', () => {
    const store = new ParameterStore(specs, createStreams(0));
    const adam = new Adam(store, { weightDecay: 1, epsilon: 1 });
    const gradient = tf.tensor1d([4]);
    adam.step(new Map([['w', gradient]]), { learningRate: 0.1, scale: 0.25 });
    // g = 4/4 + 1; the first step goes by g/(|g| + 1).
    expect(store.value('w').dataSync()[0]).toBeCloseTo(1 - (0.1 * 2) / 3, 6);
  });

  it('goes on from its state as if it had never stopped', () => {
    const straight = new ParameterStore(specs, createStreams(0));
    const optimiser = new Adam(straight, { weightDecay: 0.1 });
    const step = (adam: Adam, g: number): void => {
      tf.tidy(() => adam.step(new Map([['w', tf.tensor1d([g])]]), { learningRate: 0.05 }));
    };
    step(optimiser, 0.3);
    step(optimiser, -1);
    const saved: State[] = [structuredClone(straight.state), structuredClone(optimiser.state)];
    const resumed = new ParameterStore(specs, createStreams(0), saved[0]);
    const again = new Adam(resumed, { weightDecay: 0.1 }, saved[1]);
    for (const g of [0.2, 0.7]) {
      step(optimiser, g);
      step(again, g);
    }
    expect(resumed.value('w').dataSync()).toEqual(straight.value('w').dataSync());
    expect(again.state).toEqual(optimiser.state);
  });

  it('keeps the number of tensors constant', () => {
    const store = new ParameterStore(specs, createStreams(0));
    const adam = new Adam(store);
    const gradients = new Map([['w', tf.tensor1d([0.1])]]);
    adam.step(gradients, { learningRate: 0.1 });
    const { numTensors } = tf.memory();
    adam.step(gradients, { learningRate: 0.1 });
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  it('refuses a β of one', () => {
    const store = new ParameterStore(specs, createStreams(0));
    expect(() => new Adam(store, { beta2: 1 })).toThrow("Adam's beta2 is 1; it lies in [0, 1).");
  });
});
