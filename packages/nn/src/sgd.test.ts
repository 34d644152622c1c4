import { createStreams, type State, type TensorState } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { describe, expect, it } from 'vitest';
import { ParameterStore } from './parameter-store.ts';
import { Sgd, type SgdOptions } from './sgd.ts';

const specs = ['w', 'unused'].map((name) => ({ name, shape: [1], init: 'ones' }) as const);
const pada = { momentum: 0.9, weightDecay: 2.5e-4 };

/** Values of w after steps with these gradients of w; `null`: not sampled. */
function trajectory(gradients: (number | null)[], options: SgdOptions, rate = 0.05): number[] {
  const store = new ParameterStore(specs, createStreams(0));
  const sgd = new Sgd(store, options);
  const values = gradients.map((g) => {
    const map = new Map(g === null ? [] : [['w', tf.tensor1d([g])]]);
    sgd.step(map, { learningRate: rate });
    tf.dispose([...map.values()]);
    return store.value('w').dataSync()[0] ?? Number.NaN;
  });
  expect(store.value('unused').dataSync()[0]).toBe(1);
  sgd.dispose();
  store.dispose();
  return values;
}

describe('Sgd', () => {
  it('lets momentum and decay act on unsampled parameters, as PyTorch 1.7 does (check C7)', () => {
    const [first, second] = trajectory([1, null], { ...pada, unsampled: 'decay' });
    expect(first).toBeCloseTo(0.9499875, 6);
    expect(second).toBeCloseTo(0.9049644, 6);
  });

  it('keeps velocities that begin at the first gradient and fall by momentum (check C7)', () => {
    const store = new ParameterStore(specs, createStreams(0));
    const sgd = new Sgd(store, { ...pada, unsampled: 'decay' });
    const gradient = tf.tensor1d([1]);
    const velocity = () => (sgd.state as unknown as { w: TensorState }).w.data[0];
    sgd.step(new Map([['w', gradient]]), { learningRate: 0.05 });
    expect(velocity()).toBeCloseTo(1.00025, 6);
    sgd.step(new Map(), { learningRate: 0.05 });
    expect(velocity()).toBeCloseTo(0.9004625, 6);
  });

  it('freezes them otherwise', () => {
    const [first, second] = trajectory([1, null], { ...pada, unsampled: 'freeze' });
    expect(second).toBe(first);
  });

  it('looks ahead with Nesterov', () => {
    // v1 = 1, w1 = 1 − 0.1 (1 + 0.9); v2 = 1.4, w2 = w1 − 0.1 (0.5 + 0.9 · 1.4)
    const [first, second] = trajectory([1, 0.5], { momentum: 0.9, nesterov: true }, 0.1);
    expect(first).toBeCloseTo(0.81, 6);
    expect(second).toBeCloseTo(0.81 - 0.1 * 1.76, 6);
  });

  it('scales gradients, not the decay', () => {
    const store = new ParameterStore(specs, createStreams(0));
    const sgd = new Sgd(store, { weightDecay: 0.5 });
    const gradient = tf.tensor1d([4]);
    sgd.step(new Map([['w', gradient]]), { learningRate: 0.1, scale: 0.25 });
    expect(store.value('w').dataSync()[0]).toBeCloseTo(1 - 0.1 * (1 + 0.5), 6);
  });

  it.each([false, true])('previews a step without making it, Nesterov %s', (nesterov) => {
    const store = new ParameterStore(specs, createStreams(0));
    const sgd = new Sgd(store, { ...pada, nesterov });
    const gradients = new Map([['w', tf.tensor1d([0.3])]]);
    sgd.step(gradients, { learningRate: 0.05 });
    const [values, state] = [structuredClone(store.state), structuredClone(sgd.state)];
    const ahead = sgd.preview(gradients, { learningRate: 0.1, scale: 0.5 });
    expect([store.state, sgd.state]).toEqual([values, state]);
    expect([...ahead.keys()]).toEqual(['w']);
    sgd.step(gradients, { learningRate: 0.1, scale: 0.5 });
    const [next] = store.value('w').dataSync();
    expect(ahead.get('w')?.dataSync()[0]).toBeCloseTo(next as number, 6);
  });

  it.each([false, true])('moves by its rate per unit of the gradient, Nesterov %s', (nesterov) => {
    const sgd = new Sgd(new ParameterStore(specs, createStreams(0)), { ...pada, nesterov });
    sgd.step(new Map([['w', tf.tensor1d([0.3])]]), { learningRate: 0.05 });
    const after = (gradient: number): number => {
      const gradients = new Map([['w', tf.tensor1d([gradient])]]);
      return sgd.preview(gradients, { learningRate: 0.1 }).get('w')?.dataSync()[0] as number;
    };
    expect(after(0) - after(1)).toBeCloseTo(sgd.rate(0.1), 6);
    expect(sgd.rate(0.1)).toBeCloseTo(nesterov ? 0.19 : 0.1, 12);
  });

  it('goes on from its state as if it had never stopped', () => {
    const straight = new ParameterStore(specs, createStreams(0));
    const optimiser = new Sgd(straight, { ...pada, unsampled: 'decay' });
    const gradient = tf.tensor1d([0.3]);
    const step = (sgd: Sgd, sampled: boolean): void => {
      sgd.step(new Map(sampled ? [['w', gradient]] : []), { learningRate: 0.05 });
    };
    step(optimiser, true);
    const saved: State[] = [structuredClone(straight.state), structuredClone(optimiser.state)];
    const resumed = new ParameterStore(specs, createStreams(0), saved[0]);
    const again = new Sgd(resumed, { ...pada, unsampled: 'decay' }, saved[1]);
    for (const sampled of [false, true, false]) {
      step(optimiser, sampled);
      step(again, sampled);
    }
    expect(resumed.value('w').dataSync()).toEqual(straight.value('w').dataSync());
    expect(again.state).toEqual(optimiser.state);
  });

  it('keeps the number of tensors constant', () => {
    const store = new ParameterStore(specs, createStreams(0));
    const sgd = new Sgd(store, { ...pada, nesterov: true, unsampled: 'decay' });
    const gradients = new Map([['w', tf.tensor1d([0.1])]]);
    sgd.step(gradients, { learningRate: 0.1 });
    const { numTensors } = tf.memory();
    for (let i = 0; i < 3; i++) sgd.step(i === 1 ? new Map() : gradients, { learningRate: 0.1 });
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});
