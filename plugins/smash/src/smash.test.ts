import { createStreams } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import {
  lossAndGradients,
  ParameterStore,
  type Path,
  pathGates,
  withMadeWeights,
} from '@archer-nas/nn';
import { batchOf, toyCell, toyImages } from '@archer-nas/nn/toys';
import { describe, expect, it } from 'vitest';
import { architectureCode } from './architecture-code.ts';
import { type SmashOptions, smash } from './smash.ts';

const OPTIONS: SmashOptions = {
  ...{ hidden: [6, 5], chunk: 8, emits: 'all', normalise: true, weightNorm: true },
};
const plain = toyCell();
const data = toyImages(['train']);
const NAME = 'edge1.conv.conv.weight';

function begin(options: Partial<SmashOptions> = {}) {
  const source = smash({ ...OPTIONS, ...options }).begin(plain);
  const network = withMadeWeights(plain, source);
  const store = new ParameterStore(network.parameters, createStreams(3));
  const emitted = (path: Path) => [...(source.of(path, store).get(NAME)?.dataSync() ?? [])];
  return { source, network, store, emitted };
}

/** The length of the difference of two weights of norm 1. */
const distance = (a: readonly number[], b: readonly number[]): number =>
  Math.hypot(...a.map((one, i) => one - (b[i] as number)));

describe('the code of an architecture', () => {
  it('has a one for the option of every decision', () => {
    const code = architectureCode(plain.sites);
    expect([code.length, code.ones]).toEqual([9, 3]);
    expect(code.of([2, 0, 1])).toEqual([0, 0, 1, 1, 0, 0, 0, 1, 0]);
  });

  it('counts sites that are tied to a decision once, and nothing where none runs', () => {
    const sites = [0, 1, 0, 1].map((decision) => ({ name: '', decision, options: ['a', 'b'] }));
    const code = architectureCode(sites);
    expect(code.of([1, 0, 1, 0])).toEqual([0, 1, 1, 0]);
    expect(code.of([-1, 1, -1, 1])).toEqual([0, 0, 0, 1]);
  });
});

describe('SMASH', () => {
  it('trains a hypernetwork where SPOS trains weights of each operation', () => {
    const { source, network, store } = begin();
    const names = network.parameters.map(({ name }) => name);
    expect([...source.makes].sort()).toEqual(
      [0, 1, 2].map((edge) => `edge${edge}.conv.conv.weight`),
    );
    expect(names.filter((name) => name.startsWith('edge'))).toEqual([]);
    expect(names.filter((name) => name.startsWith('hyper'))).toEqual([
      'hyper.0',
      'hyper.1',
      'hyper.2',
    ]);
    // The stem and the classifier are learned directly.
    expect(names).toContain('stem.weight');
    expect(names).toContain('classifier.weight');
    store.dispose();
  });

  it('emits other weights of an operation when others run elsewhere, unlike SPOS', () => {
    const { store, emitted } = begin();
    const [a, b, c] = [emitted([2, 2, 2]), emitted([1, 2, 2]), emitted([1, 2, 0])];
    expect(a).toHaveLength(36);
    expect(distance(a, b)).toBeGreaterThan(0.05);
    expect(distance(b, c)).toBeGreaterThan(0.05);
    expect(emitted([2, 2, 2])).toEqual(a);
    // An operation that does not run has none.
    expect(emitted([2, 1, 2])).toEqual([]);
    store.dispose();
  });

  it('emits different weights for the operations of one architecture', () => {
    const { source, store } = begin();
    const all = [...source.of([2, 2, 2], store).values()].map((W) => [...W.dataSync()]);
    const [a = [], b = [], c = []] = all;
    expect(Math.min(distance(a, b), distance(a, c), distance(b, c))).toBeGreaterThan(0.05);
    store.dispose();
  });

  it('has the loss of a network with the emitted weights', () => {
    const { source, network, store } = begin();
    const whole = new ParameterStore(plain.parameters, createStreams(3));
    const batch = batchOf(data, 0);
    for (const path of [
      [2, 2, 2],
      [0, 2, 1],
    ]) {
      for (const [name, W] of source.of(path, store)) whole.set(name, W);
      const pass = lossAndGradients(network, store, pathGates(path), batch);
      const expected = lossAndGradients(plain, whole, pathGates(path), batch);
      expect(pass.loss.dataSync()).toEqual(expected.loss.dataSync());
      for (const one of [pass, expected]) one.dispose();
    }
    for (const one of [batch, whole, store]) one.dispose();
  });

  it('R39 follows ∂L/∂W · ∂W/∂H: finite differences through the network, layer by layer', () => {
    const { network, store } = begin();
    const batch = batchOf(data, 0);
    const gates = pathGates([2, 2, 2]);
    const tensors = tf.memory().numTensors;
    const pass = lossAndGradients(network, store, gates, batch);
    const checked = [...pass.gradients].filter(([name]) => name.startsWith('hyper'));
    expect(checked).toHaveLength(3);
    for (const [name, gradient] of checked) {
      const g = gradient.dataSync();
      const length = Math.hypot(...g);
      expect(length, name).toBeGreaterThan(1e-3);
      // Along the gradient itself the slope is its length.
      const lossAt = (h: number): number => {
        const moved = tf.tidy(() => tf.add(store.value(name), tf.mul(gradient, h / length)));
        const result = store.at(new Map([[name, moved]]), (source) =>
          lossAndGradients(network, source, gates, batch),
        );
        const [loss = Number.NaN] = result.loss.dataSync();
        for (const one of [result, moved]) one.dispose();
        return loss;
      };
      const numeric = (lossAt(1e-3) - lossAt(-1e-3)) / 2e-3;
      expect(Math.abs(numeric - length), name).toBeLessThan(0.02 * length);
    }
    pass.dispose();
    expect(tf.memory().numTensors).toBe(tensors);
    for (const one of [batch, store]) one.dispose();
  });

  it('moves the weights of architectures that a step has not sampled', () => {
    const { network, store, emitted } = begin();
    const batch = batchOf(data, 0);
    const before = emitted([0, 2, 1]);
    // Only edge 0 and edge 2 run convolutions: in SPOS edge 1 would keep its weights.
    const pass = lossAndGradients(network, store, pathGates([2, 1, 2]), batch);
    for (const [name, gradient] of pass.gradients) {
      store.set(
        name,
        tf.tidy(() => tf.sub(store.value(name), gradient)),
      );
    }
    expect(distance(before, emitted([0, 2, 1]))).toBeGreaterThan(1e-4);
    for (const one of [pass, batch, store]) one.dispose();
  });

  it('emits 1×1 convolutions alone when told so, and says when there are none', () => {
    expect(() => begin({ emits: '1x1' })).toThrow(/nothing to emit.*emits: 1x1/);
    const pointwise = plain.parameters.map((spec) =>
      spec.name === NAME ? { ...spec, shape: [1, 1, 2, 2] } : spec,
    );
    const source = smash({ ...OPTIONS, emits: '1x1' }).begin({ ...plain, parameters: pointwise });
    expect([...source.makes]).toEqual([NAME]);
  });

  it('emits the weights of all layers where they belong to no option, as with widths', () => {
    const parameters = plain.parameters.map(({ owner: _, ...spec }) => spec);
    const source = smash(OPTIONS).begin({ ...plain, parameters });
    const matrices = parameters.filter(({ shape }) => shape.length > 1).map(({ name }) => name);
    expect([...source.makes]).toEqual(matrices);
    expect(matrices).toContain('classifier.weight');
  });
});
