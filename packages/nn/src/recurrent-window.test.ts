import { createStreams } from '@archer-nas/core';
import { gradientsOf, startEngine, tf } from '@archer-nas/engine';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { withoutFusion } from './fused.ts';
import { lossAndGradients } from './gradients.ts';
import {
  type HighwayCell,
  type HighwayWeights,
  highwayInput,
  highwayNode,
  highwayWindow,
  meanState,
} from './highway.ts';
import { eachStep } from './language-model.ts';
import { ParameterStore } from './parameter-store.ts';
import { Sgd } from './sgd.ts';
import { wave } from './testing/finite-differences.ts';
import { plainCell, toyLanguage, toyText } from './testing/toy-language.ts';
import { TokenBatches } from './token-batches.ts';

const NATIVE = await startEngine({ engine: 'native' }).then(
  () => true,
  () => false,
);

const far = (a: tf.Tensor, b: tf.Tensor) => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0] as number;

describe.each(['js', 'wasm', 'native'])('windows of recurrent cells on %s', (engine) => {
  const skipped = engine === 'native' && !NATIVE;
  beforeAll(async () => void (skipped || (await startEngine({ engine }))));
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  it.skipIf(skipped)('are their steps, and these their nodes, with all gradients', () => {
    const half = (at: number): HighwayWeights => {
      const [gate, value] = [at, at + 0.5].map((phase) => wave([3, 3], phase) as tf.Tensor2D);
      return { gate, value } as HighwayWeights;
    };
    const cell: HighwayCell = {
      input: half(1),
      nodes: [
        { from: 0, activation: 'tanh', ...half(2) },
        { from: 0, activation: 'sigmoid', ...half(3) },
        { from: 1, activation: 'identity', ...half(4) },
        { from: 0, activation: 'relu', ...half(5) },
      ],
      averaged: [2, 3],
    };
    const [x, h] = [wave([10, 3], 6), wave([2, 3], 7)] as [tf.Tensor2D, tf.Tensor2D];
    const masks = { input: wave([2, 3], 8), hidden: wave([2, 3], 9) };
    const byStep = eachStep((one, before) => {
      const [first, second, third, fourth] = cell.nodes as [Node, Node, Node, Node];
      const s0 = highwayInput(one, before, { input: cell.input, hidden: first }, masks);
      const s1 = highwayNode(s0, second, 'sigmoid', masks);
      const last = [
        highwayNode(s1, third, 'identity', masks),
        highwayNode(s0, fourth, 'relu', masks),
      ];
      return meanState(last);
    });
    const by = [x, h, ...[cell.input, ...cell.nodes].flatMap(({ gate, value }) => [gate, value])];
    const [whole, steps] = [highwayWindow(cell, masks), byStep].map((window) => {
      const { gradients } = gradientsOf(() => tf.sum(tf.square(window(x, h))), by);
      return [window(x, h), ...gradients] as tf.Tensor[];
    });
    expect(whole?.[0]?.shape).toEqual([10, 3]);
    expect(whole).toHaveLength(1 + by.length);
    whole?.forEach((tensor, i) => {
      expect(far(tensor, steps?.[i] as tf.Tensor), `${i}`).toBeLessThan(1e-5);
    });
  });

  it.skipIf(skipped)('train a language model as composed ones do, and leave no tensors', () => {
    const half = { words: 0.5, embedded: 0.2, input: 0.2, hidden: 0.2, output: 0.2 };
    const model = toyLanguage(plainCell(), { dropout: half, slowness: 0.5 });
    const trained = () => {
      const streams = createStreams(3);
      const store = new ParameterStore(model.parameters, streams);
      const sgd = new Sgd(store, {});
      const source = new TokenBatches(toyText(40), { lanes: 2, window: 5, noise: streams });
      const counts: number[] = [];
      for (let step = 0; step < 4; step++) {
        const result = lossAndGradients(model, store, [], source.at(step), { training: true });
        sgd.step(result.gradients, { learningRate: 0.5 });
        if (result.carried) source.carry(result.carried);
        result.dispose();
        counts.push(tf.memory().numTensors);
      }
      expect(counts[3]).toBe(counts[0]);
      const values = store.specs.map(({ name }) => tf.tensor(store.value(name).dataSync().slice()));
      for (const one of [store, sgd, source]) one.dispose();
      return values;
    };
    const [fused, composed] = [trained(), withoutFusion(trained)];
    fused.forEach((tensor, i) => {
      expect(far(tensor, composed[i] as tf.Tensor), `${i}`).toBeLessThan(1e-5);
    });
  });
});

type Node = HighwayCell['nodes'][number];
