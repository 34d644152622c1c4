import { createStreams, type State } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { describe, expect, it } from 'vitest';
import { pathGates } from './gates.ts';
import type { ParameterSpec } from './network.ts';
import { ParameterStore } from './parameter-store.ts';
import { toyNetwork } from './testing/toy-network.ts';

const specs: ParameterSpec[] = [
  { name: 'a', shape: [3, 3, 16, 16], init: 'uniform', fanIn: 144 },
  { name: 'b', shape: [16], init: 'uniform', fanIn: 144 },
  { name: 'gamma', shape: [4], init: 'ones' },
  { name: 'beta', shape: [4], init: 'zeros' },
];

describe('ParameterStore', () => {
  it("draws from PyTorch's default distribution U(±1/√fanIn)", () => {
    const store = new ParameterStore(specs, createStreams(1));
    const values = store.value('a').dataSync<'float32'>();
    const extreme = Math.max(...values.map(Math.abs));
    expect(extreme).toBeLessThanOrEqual(1 / 12);
    expect(extreme).toBeGreaterThan(0.99 / 12);
    const variance = values.reduce((sum, v) => sum + v * v, 0) / values.length;
    expect(variance).toBeCloseTo(1 / 144 / 3, 4);
    expect([...store.value('gamma').dataSync()]).toEqual([1, 1, 1, 1]);
    expect([...store.value('beta').dataSync()]).toEqual([0, 0, 0, 0]);
    store.dispose();
  });

  it('gives a parameter the same value whatever the order and the company', () => {
    const all = new ParameterStore(specs, createStreams(1));
    const reversed = new ParameterStore(specs.slice(0, 2).reverse(), createStreams(1));
    expect(reversed.value('b').dataSync()).toEqual(all.value('b').dataSync());
    expect(new ParameterStore(specs, createStreams(2)).value('b').dataSync()).not.toEqual(
      all.value('b').dataSync(),
    );
  });

  it('selects the parameters that gates use', () => {
    const network = toyNetwork();
    const store = new ParameterStore(network.parameters, createStreams(1));
    expect(store.select(pathGates([3, 1]))).toEqual([
      'stem.weight',
      'edge0.conv3x3.conv.weight',
      'edge0.conv3x3.conv.bias',
      'classifier.weight',
      'classifier.bias',
    ]);
    const path = store.count(store.select(pathGates([3, 1])));
    expect(path).toBe(27 * 4 + 9 * 16 + 4 + 12 + 3);
    store.dispose();
  });

  it('evaluates at other values without touching its own', () => {
    const store = new ParameterStore(specs, createStreams(1));
    const other = tf.fill([4], 7);
    store.at(new Map([['gamma', other]]), (parameters) => {
      expect(parameters.get('gamma', [4])).toBe(other);
      expect(parameters.get('beta', [4])).toBe(store.value('beta'));
    });
    expect([...store.value('gamma').dataSync()]).toEqual([1, 1, 1, 1]);
    store.dispose();
    other.dispose();
  });

  it('comes back from its state and refuses the state of another network', () => {
    const store = new ParameterStore(specs, createStreams(1));
    store.set('gamma', tf.tensor1d([1, 2, 3, 4]));
    const saved: State = structuredClone(store.state);
    const again = new ParameterStore(specs, createStreams(9), saved);
    for (const { name } of specs) {
      expect(again.value(name).dataSync()).toEqual(store.value(name).dataSync());
    }
    const wider = [{ name: 'gamma', shape: [5], init: 'ones' } as const];
    expect(() => new ParameterStore(wider, createStreams(1), saved)).toThrow(
      /gamma has shape \[4\]/,
    );
  });

  it('names a parameter that does not exist or has another shape', () => {
    const store = new ParameterStore(specs, createStreams(1));
    expect(() => store.get('c', [1])).toThrow(/parameter c, but there is none/);
    expect(() => store.get('beta', [5])).toThrow(/it has shape \[4\]/);
  });

  it('frees all of its tensors', () => {
    const before = tf.memory().numTensors;
    const store = new ParameterStore(specs, createStreams(1));
    store.set('beta', tf.ones([4]));
    expect(tf.memory().numTensors).toBe(before + 4);
    store.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
