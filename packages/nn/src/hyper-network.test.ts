import { createStreams } from '@archer-nas/core';
import { gradientsOf, tf } from '@archer-nas/engine';
import { describe, expect, it } from 'vitest';
import { hyperNetwork } from './hyper-network.ts';
import type { ParameterSpec } from './network.ts';
import { ParameterStore } from './parameter-store.ts';

const spec = (name: string, ...shape: number[]): ParameterSpec => ({ name, shape, init: 'ones' });
const LINEAR = { hidden: [], chunk: 2, normalise: false, weightNorm: false };
const code = { length: 2, ones: 1 };

describe('a hypernetwork', () => {
  it('is W = H c when it is linear, with dL/dH = dL/dW cᵀ (SMASH, check E4)', () => {
    const W = spec('w', 2);
    const H = hyperNetwork('hyper', code, [W], LINEAR);
    const store = new ParameterStore(H.parameters, createStreams(0));
    // Columns of [[0.1, 0.2], [0.3, -0.1]], then nothing for which weight and which chunk.
    store.set('hyper.0', tf.tensor2d([0.1, 0.3, 0.2, -0.1, 0, 0, 0, 0], [4, 2]));
    const weights = () => H.emit([1, 2], [W], store).get('w') as tf.Tensor1D;
    const [a, b] = weights().dataSync();
    expect(a).toBeCloseTo(0.5, 7);
    expect(b).toBeCloseTo(0.1, 7);
    const loss = () => tf.sum<tf.Scalar>(tf.mul(weights(), tf.tensor1d([1, -1])));
    const [slope] = gradientsOf(loss, [store.value('hyper.0')]).gradients;
    // [[1, 2], [-1, -2]], by columns.
    expect([...(slope?.dataSync() ?? [])].slice(0, 4)).toEqual([1, -1, 2, -2]);
    store.dispose();
  });

  it('cuts a weight from the chunks that it needs, told apart by their rows', () => {
    const specs = [spec('a', 5), spec('b', 2, 1)];
    const H = hyperNetwork('hyper', code, specs, LINEAR);
    // Rows: two of the code, two weights, three chunks.
    const store = new ParameterStore(H.parameters, createStreams(0));
    expect(H.parameters.map(({ shape }) => shape)).toEqual([[7, 2]]);
    const rows = [1, 1, 9, 9, 10, 10, 20, 20, 100, 101, 200, 201, 300, 301];
    store.set('hyper.0', tf.tensor2d(rows, [7, 2]));
    const emitted = H.emit([1, 0], specs, store);
    expect([...(emitted.get('a')?.dataSync() ?? [])]).toEqual([111, 112, 211, 212, 311]);
    expect(emitted.get('b')?.arraySync()).toEqual([[121], [122]]);
    expect([...H.emit([0, 1], [specs[1] as ParameterSpec], store).keys()]).toEqual(['b']);
    store.dispose();
  });

  it('divides what it emits, and its own matrices, by their norms', () => {
    const specs = [spec('a', 3, 3), spec('b', 5)];
    const options = { hidden: [4], chunk: 2, normalise: true, weightNorm: true };
    const H = hyperNetwork('hyper', code, specs, options);
    const store = new ParameterStore(H.parameters, createStreams(1));
    const emitted = H.emit([1, 0], specs, store);
    for (const W of emitted.values()) expect(tf.norm(W).dataSync()[0]).toBeCloseTo(1, 6);
    // Matrices that are three times as long are the same.
    for (const { name } of H.parameters) store.set(name, tf.mul(store.value(name), 3));
    for (const [name, W] of H.emit([1, 0], specs, store)) {
      W.dataSync().forEach((w, at) => {
        expect(w).toBeCloseTo(emitted.get(name)?.dataSync()[at] as number, 6);
      });
    }
    store.dispose();
  });

  it('R39 has gradients that agree with finite differences, layer by layer', () => {
    const specs = [spec('a', 3, 2), spec('b', 6), spec('c', 3)];
    const options = { hidden: [5, 4], chunk: 4, normalise: true, weightNorm: true };
    const H = hyperNetwork('hyper', code, specs, options);
    const store = new ParameterStore(H.parameters, createStreams(2));
    const loss = () => {
      const emitted = H.emit([0, 1], specs, store);
      const terms = [...emitted.values()].map((W) => {
        const factors = tf.reshape(tf.sin(tf.range(0, W.size)), W.shape);
        return tf.sum<tf.Scalar>(tf.mul(W, factors));
      });
      return tf.addN(terms) as tf.Scalar;
    };
    const names = H.parameters.map(({ name }) => name);
    const { gradients } = gradientsOf(
      loss,
      names.map((name) => store.value(name)),
    );
    names.forEach((name, l) => {
      const gradient = Float32Array.from(gradients[l]?.dataSync() ?? []);
      const direction = Array.from(gradient, (_, at) => Math.cos(at));
      const slope = gradient.reduce((sum, g, at) => sum + g * (direction[at] as number), 0);
      const before = store.value(name).dataSync().slice();
      const at = (h: number) => {
        const moved = Float32Array.from(before, (v, i) => v + h * (direction[i] as number));
        store.set(name, tf.tensor(moved, store.value(name).shape));
        return loss().dataSync()[0] as number;
      };
      const numeric = (at(2e-3) - at(-2e-3)) / 4e-3;
      at(0);
      expect(Math.abs(slope), name).toBeGreaterThan(1e-2);
      expect(Math.abs(slope - numeric), name).toBeLessThan(0.01 * Math.abs(slope));
    });
    store.dispose();
  });
});
