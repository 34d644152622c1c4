import { createStreams, type State } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { describe, expect, it } from 'vitest';
import { embedding } from './embedding.ts';
import { lossAndGradients } from './gradients.ts';
import { languageEvaluator, textLoss } from './language-evaluator.ts';
import { eachStep, type RecurrentCell } from './language-model.ts';
import { denseMixture, mixtureGradients, mixtureLoss } from './mixture.ts';
import type { Model } from './model.ts';
import { ParameterStore } from './parameter-store.ts';
import { Sgd } from './sgd.ts';
import {
  NO_DROPOUT,
  plainCell,
  toyCell,
  toyLanguage,
  toyText,
  VOCABULARY,
  WIDTH,
} from './testing/toy-language.ts';
import { TokenBatches } from './token-batches.ts';

const streams = createStreams(11);
const P = denseMixture([
  Float64Array.of(0.2, 0.1, 0.3, 0.25, 0.15),
  Float64Array.of(0.4, 0.3, 0.05, 0.15, 0.1),
  Float64Array.of(0.1, 0.1, 0.2, 0.2, 0.4),
]);
const at = (step: number, options = {}) =>
  new TokenBatches(toyText(40), { lanes: 2, window: 5, ...options }).at(step);

describe('an embedding', () => {
  it('has the values and the gradient of a product with one-hot rows', () => {
    const table = tf.tensor2d([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], [3, 2]);
    const factor = tf.tensor2d([1, -1, 2, 0.5, 3, 1, -2, 0], [4, 2]);
    const tokens = Int32Array.of(2, 0, 2, 1);
    const oneHot = tf.oneHot([...tokens], 3).toFloat() as tf.Tensor2D;
    const slope = (f: (t: tf.Tensor2D) => tf.Tensor) =>
      Array.from(
        tf
          .grad((t) => tf.sum(tf.mul(f(t as tf.Tensor2D), factor)))(table)
          .dataSync(),
      );
    expect(Array.from(embedding(table, tokens).dataSync())).toEqual(
      Array.from(tf.matMul(oneHot, table).dataSync()),
    );
    expect(slope((t) => embedding(t, tokens))).toEqual(slope((t) => tf.matMul(oneHot, t)));
  });
});

describe('a language model', () => {
  it('R39 has the gradients of finite differences by every parameter, through time', () => {
    const model = toyLanguage(toyCell());
    const store = new ParameterStore(model.parameters, streams);
    const batch = at(1);
    const { gradients, dispose } = mixtureGradients(model, store, P, batch);
    expect([...gradients.keys()].sort()).toEqual(model.parameters.map(({ name }) => name).sort());
    for (const [name, gradient] of gradients) {
      const values = store.value(name).dataSync().slice();
      gradient.dataSync().forEach((slope, i) => {
        const [up, down] = [1e-2, -1e-2].map((move) => {
          const moved = values.slice();
          moved[i] = (moved[i] ?? 0) + move;
          const there = new Map([[name, tf.tensor(moved, gradient.shape)]]);
          return store.at(there, (parameters) => mixtureLoss(model, parameters, P, batch));
        }) as [number, number];
        expect(Math.abs((up - down) / 2e-2 - slope), `${name} ${i}`).toBeLessThan(2e-3);
      });
    }
    dispose();
  });

  it('R39 has the gradients of finite differences by the weights of the mixture', () => {
    const model = toyLanguage(toyCell());
    const store = new ParameterStore(model.parameters, streams);
    const batch = at(0);
    const { rows, dispose } = mixtureGradients(model, store, P, batch, { by: ['mixture'] });
    rows.forEach((row, r) => {
      row.forEach((slope, i) => {
        const [up, down] = [1e-2, -1e-2].map((move) => {
          const moved = P.map(({ weights }) => Float64Array.from(weights ?? []));
          const target = moved[r] as Float64Array;
          target[i] = (target[i] ?? 0) + move;
          return mixtureLoss(model, store, denseMixture(moved), batch);
        }) as [number, number];
        expect(Math.abs((up - down) / 2e-2 - slope), `row ${r}, option ${i}`).toBeLessThan(2e-3);
      });
    });
    expect(rows.map(([none]) => none)).toEqual([0, 0, 0]);
    dispose();
  });

  it('reads a text in windows as in one piece, for what it carries', () => {
    const model = toyLanguage(plainCell());
    const store = new ParameterStore(model.parameters, streams);
    const loss = (window: number) => textLoss(model, store, [], toyText(40), { lanes: 2, window });
    expect(loss(5)).toBeCloseTo(loss(19), 5);
    const forgetful = {
      ...model,
      loss: (...given: Parameters<typeof model.loss>) => {
        const { carried: _, ...rest } = model.loss(...given);
        return rest;
      },
    };
    const forgot = textLoss(forgetful, store, [], toyText(40), { lanes: 2, window: 5 });
    expect(Math.abs(forgot - loss(19))).toBeGreaterThan(1e-4);
  });

  it('has gradients where a window is one token, as the last of a pass can be', () => {
    const model = toyLanguage(toyCell(), { slowness: 1 });
    const store = new ParameterStore(model.parameters, streams);
    const batch = at(3, { window: 6 });
    expect(batch.steps).toBe(1);
    const result = mixtureGradients(model, store, P, batch, { training: true });
    expect(result.gradients.size).toBe(model.parameters.length);
    result.dispose();
  });

  it('predicts uniformly with weights of zero: ln of the vocabulary', () => {
    const model = toyLanguage(plainCell(), { initRange: 0 });
    const store = new ParameterStore(model.parameters, streams);
    const loss = textLoss(model, store, [], toyText(40), { lanes: 2, window: 5 });
    expect(loss).toBeCloseTo(Math.log(4), 6);
  });

  it('learns a text that repeats itself, of which no single letter tells the next', () => {
    const tokens = Int32Array.from({ length: 82 }, (_, i) => [0, 1, 0, 2][i % 4] as number);
    const text = { name: 'train', size: tokens.length, tokens } as const;
    const model = toyLanguage(plainCell());
    const store = new ParameterStore(model.parameters, streams);
    const sgd = new Sgd(store, {});
    const source = new TokenBatches(text, { lanes: 2, window: 8 });
    for (let step = 0; step < 100; step++) {
      const result = lossAndGradients(model, store, [], source.at(step));
      sgd.step(result.gradients, { learningRate: 2 });
      if (result.carried) source.carry(result.carried);
      result.dispose();
    }
    // After a 0 come 1 and 2 in turns: without a memory it would stay at ½ ln 2 = 0.35.
    expect(textLoss(model, store, [], text, { lanes: 2, window: 8 })).toBeLessThan(0.1);
    source.dispose();
  });

  it('adds slowness to weight steps alone: β times the mean square of differences', () => {
    const [plain, slow] = [0, 10].map((slowness) => toyLanguage(plainCell(), { slowness })) as [
      Model,
      Model,
    ];
    const store = new ParameterStore(plainCell().parameters.concat(extra()), streams);
    const value = (model: Model, training = false) => {
      const result = lossAndGradients(model, store, [], at(0), { training });
      const loss = result.loss.dataSync()[0] as number;
      result.dispose();
      return loss;
    };
    expect(value(slow)).toBe(value(plain));
    const added = value(slow, true) - value(plain, true);
    const states = hiddenStates(store);
    const squares = states
      .slice(1)
      .flatMap((h, t) => h.map((x, i) => (x - (states[t]?.[i] as number)) ** 2));
    expect(added).toBeCloseTo((10 * squares.reduce((a, b) => a + b, 0)) / squares.length, 4);
  });

  it('drops with one mask per window, in training, and not with running statistics', () => {
    const half = { words: 0.5, embedded: 0.5, input: 0.5, hidden: 0.5, output: 0.5 };
    const noise = createStreams(2);
    const losses = Object.keys(half).map((name) => {
      const model = toyLanguage(toyCell(), { dropout: { ...NO_DROPOUT, [name]: 0.5 } });
      const store = new ParameterStore(model.parameters, streams);
      const value = (options = {}, batchNorm: 'batch' | 'running' = 'batch') =>
        mixtureLoss(model, store, P, at(0, options), { batchNorm });
      expect(value({ noise }), name).toBe(value({ noise }));
      expect(value({ noise }), name).not.toBe(value());
      expect(value({ noise }, 'running'), name).toBe(value());
      store.dispose();
      return value;
    });
    expect(losses).toHaveLength(5);
  });

  it('drops the same of every step of a window: inputs, states and outputs', () => {
    const seen: number[][] = [];
    /** Passes inputs on as outputs, each times its mask. */
    const through: RecurrentCell = {
      sites: [],
      parameters: [],
      unroll: (_, __, { input, hidden }) =>
        eachStep((x, h) => {
          const masks = tf.add(input ?? tf.zerosLike(h), tf.mul(10, hidden ?? tf.zerosLike(h)));
          seen.push([...x.dataSync(), ...masks.dataSync()]);
          return x;
        }),
    };
    const dropout = { words: 0, embedded: 0.5, input: 0.5, hidden: 0.5, output: 0.5 };
    const model = toyLanguage(through, { dropout });
    const store = new ParameterStore(model.parameters, streams);
    const text = { ...toyText(40), tokens: new Int32Array(40) };
    const batch = new TokenBatches(text, { lanes: 2, window: 5, noise: streams }).at(0);
    const { perSample } = model.loss(batch, [], { parameters: store, batchNorm: 'batch' });
    expect(seen).toHaveLength(5);
    expect(new Set(seen.map(String)).size, 'one mask for all steps').toBe(1);
    expect(new Set(seen[0]).size, 'a mask that drops some').toBeGreaterThan(2);
    // The text is one letter: every step of a lane has the same output, if its mask is the same.
    const losses = [...perSample.dataSync()];
    losses.forEach((loss, at) => {
      expect(loss).toBe(losses[at % 2]);
    });
  });

  it('reads and predicts with one matrix: its gradient has both parts', () => {
    const tied = toyLanguage(plainCell());
    const store = new ParameterStore(tied.parameters, streams);
    const batch = at(0, { window: 2 }); // reads three of the four letters
    const whole = lossAndGradients(tied, store, [], batch);
    const found = whole.gradients.get('embedding.weight')?.dataSync() as Float32Array;
    // The decoder's part alone: softmax − target times h, the states being what they were.
    const states = hiddenStates(store, batch).flat();
    const h = tf.tensor2d(states, [batch.size, WIDTH]);
    const table = store.value('embedding.weight') as tf.Tensor as tf.Tensor2D;
    const errors = tf.sub(
      tf.softmax(tf.matMul(h, table, false, true)),
      tf.oneHot([...batch.labels], VOCABULARY),
    ) as tf.Tensor2D;
    const decoder = tf.div(tf.matMul(errors, h, true), batch.size).dataSync();
    const encoder = found.map((value, i) => value - (decoder[i] as number));
    // Words that are not read have no part of the reader's.
    const read = new Set(batch.tokens);
    expect(read.size).toBe(VOCABULARY - 1);
    for (let word = 0; word < VOCABULARY; word++) {
      const part = encoder.slice(word * WIDTH, (word + 1) * WIDTH).map(Math.abs);
      const most = Math.max(...part);
      if (read.has(word)) expect(most, `word ${word}`).toBeGreaterThan(1e-4);
      else expect(most, `word ${word}`).toBeLessThan(1e-6);
    }
    whole.dispose();
  });

  it('leaves no tensor behind but those of its result', () => {
    const model = toyLanguage(toyCell(), { slowness: 1 });
    const store = new ParameterStore(model.parameters, streams);
    const before = tf.memory().numTensors;
    const options = { training: true };
    mixtureGradients(model, store, P, at(0, { noise: streams }), options).dispose();
    mixtureLoss(model, store, P, at(0));
    textLoss(model, store, [{ support: [1] }, { support: [0] }, { support: [3] }], toyText(40), {
      ...{ lanes: 2, window: 5 },
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('scores of language models', () => {
  const model = toyLanguage(toyCell());
  const store = new ParameterStore(model.parameters, streams);
  const path = (a: number) => [a, 0, a];
  const evaluator = languageEvaluator<number>({
    ...{ model, parameters: store, path, lanes: 2, window: 5 },
  });
  const proposals = [1, 2, 3].map((architecture) => ({ id: `${architecture}`, architecture }));
  const context = { images: toyText(40), batches: 'all', streams } as const;

  it('are perplexity and bits per token of the path on the text that is given', async () => {
    const job = evaluator.start(proposals, context);
    while (job.progress.done < 3) await job.step(new AbortController().signal);
    const gates = path(2).map((option) => ({ support: [option] }));
    const loss = textLoss(model, store, gates, toyText(40), { lanes: 2, window: 5 });
    expect(job.evaluations()[1]?.metrics).toEqual({
      perplexity: Math.exp(loss),
      'bits-per-token': loss / Math.log(2),
    });
  });

  it('go on from their state', async () => {
    const job = evaluator.start(proposals, context);
    await job.step(new AbortController().signal);
    const resumed = evaluator.start(proposals, context, structuredClone(job.state) as State);
    expect(resumed.evaluations()).toEqual(job.evaluations());
    expect(resumed.progress.done).toBe(1);
  });

  it('are refused on anything but text', () => {
    const { images: _, ...nothing } = context;
    expect(() => evaluator.start(proposals, nothing)).toThrow('A language model is scored on text');
  });
});

/** Embedding and decoder of the toy, for a store that several models share. */
function extra() {
  const own = new Set(plainCell().parameters.map(({ name }) => name));
  return toyLanguage(plainCell()).parameters.filter(({ name }) => !own.has(name));
}

/** States of the plain cell on the first window, each [lanes × width]. */
function hiddenStates(store: ParameterStore, { tokens, lanes, steps } = at(0)): number[][] {
  const table = store.value('embedding.weight') as unknown as tf.Tensor2D;
  const step = plainCell().unroll([], { parameters: store, batchNorm: 'batch' }, {});
  let h = tf.zeros([lanes, 3]) as tf.Tensor2D;
  return Array.from({ length: steps }, (_, t) => {
    h = step(embedding(table, tokens.slice(t * lanes, (t + 1) * lanes)), h);
    return Array.from(h.dataSync());
  });
}
