import type { TensorState } from '@archer-nas/core';
import type { tf } from '@archer-nas/engine';
import {
  type Batch,
  batchNorm,
  type LanguageMixtureSpace,
  languageModel,
  type Modifier,
} from '@archer-nas/nn';
import type { Bits } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';
import { toyCorpus, toyLanguageSpace } from './testing/toy-language.ts';
import { flat, hooked, looking, toySearch, trainingOf } from './testing/toy-search.ts';

const { signal } = new AbortController();

function flatState(parameters: Readonly<Record<string, TensorState>>): number[] {
  const names = Object.keys(parameters).sort();
  return names.flatMap((name) => [...(parameters[name]?.data ?? [])]);
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  for (const [at, value] of expected.entries()) expect(actual[at]).toBeCloseTo(value, 6);
}

describe('the weight step of a search', () => {
  const options = { lr: 0.1, minLr: 0.1, momentum: 0.9, weightDecay: 0.01, alphaFrom: 1 };

  it.each([
    { clip: 0.05, nesterov: false },
    { clip: 0.05, nesterov: true },
    { clip: 1e3, nesterov: false },
    { clip: null, nesterov: false },
  ])('is that of PyTorch, and so is the virtual step: %o', async ({ clip, nesterov }) => {
    const most = clip ?? Number.POSITIVE_INFINITY;
    let gradient: number[] = [];
    let coefficient = 1;
    let virtual: number[] = [];
    const look = looking((mixture, { train, weights }) => {
      const { gradients } = train.gradients(mixture, ['weights']);
      gradient = flat(gradients);
      coefficient = Math.min(1, most / (Math.hypot(...gradient) + 1e-6));
      virtual = flat(weights.afterStep(gradients, coefficient));
    });
    const search = await toySearch({ modifiers: [look] }, { ...options, clip, nesterov });
    let w = flatState(trainingOf(search).parameters);
    let v = w.map(() => 0);
    for (let step = 0; step < 3; step++) {
      await search.step(signal);
      const g = gradient.map((value, at) => coefficient * value + 0.01 * (w[at] as number));
      v = v.map((value, at) => 0.9 * value + (g[at] as number));
      const down = nesterov ? g.map((value, at) => value + 0.9 * (v[at] as number)) : v;
      w = w.map((value, at) => value - 0.1 * (down[at] as number));
      expectClose(virtual, w);
      expectClose(flatState(trainingOf(search).parameters), w);
      expect(coefficient < 0.5).toBe(clip === 0.05);
    }
    search.dispose?.();
  });

  it.each([
    [false, 0.1],
    [true, 0.19],
  ])('moves by its rate for a unit of the gradient, Nesterov %s', async (nesterov, expected) => {
    const rates: number[] = [];
    const look = looking((mixture, { train, weights }) => {
      const { gradients } = train.gradients(mixture, ['weights']);
      const [half, whole] = [0.5, 1].map((scale) => flat(weights.afterStep(gradients, scale)));
      const moved = Math.hypot(...(half ?? []).map((w, at) => w - (whole?.[at] ?? 0)));
      rates.push(weights.rate, moved / (0.5 * Math.hypot(...flat(gradients))));
    });
    const search = await toySearch({ modifiers: [look] }, { ...options, nesterov });
    for (let step = 0; step < 2; step++) await search.step(signal);
    for (const rate of rates) expect(rate).toBeCloseTo(expected, 5);
    search.dispose?.();
  });
});

describe('running statistics in a search', () => {
  /** Batch norm of the images themselves, in front of the supernet. */
  const normalised: Modifier = {
    network: (network) => ({
      ...network,
      forward: (images, gates, forward) =>
        network.forward(batchNorm(images, forward, 'images'), gates, forward),
    }),
  };

  /** The mean of some pixels and their unbiased variance. */
  function moments(pixels: readonly number[]): [number, number] {
    const mean = pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
    const squares = pixels.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return [mean, squares / (pixels.length - 1)];
  }

  it('take a tenth of each train batch, once, and nothing from looks', async () => {
    const read: number[][] = [];
    const reading = hooked({
      batch: (batch, { split }) => {
        if (split === 'train') read.push([...(batch as Batch).images.dataSync()]);
        return batch;
      },
    });
    const look = looking(
      (mixture, { train, valid }) => {
        for (const loss of [train, valid]) {
          loss.gradients(mixture, ['weights'], { batchNorm: 'running' });
          loss.gradients(mixture, ['weights']);
        }
      },
      { runningStatistics: true },
    );
    const search = await toySearch({ modifiers: [normalised, reading, look] });
    let expected: [number, number] = [0, 1];
    for (let step = 0; step < 3; step++) {
      await search.step(signal);
      const [mean, variance] = moments(read[step] ?? []);
      expected = [0.9 * expected[0] + 0.1 * mean, 0.9 * expected[1] + 0.1 * variance];
      const { images } = trainingOf(search).statistics;
      expectClose([images?.mean.data[0], images?.variance.data[0]].map(Number), expected);
      expect(images?.batches).toBe(step + 1);
    }
    search.dispose?.();
  });
});

describe('a language model in a search', () => {
  /** A cell whose states are its inputs, h_t = E[token t]. */
  const echo = { sites: [], parameters: [], unroll: () => (x: tf.Tensor2D) => x };
  const dropout = { words: 0, embedded: 0, input: 0, hidden: 0, output: 0 };
  const space: LanguageMixtureSpace<Bits> = {
    ...toyLanguageSpace(),
    supernet: ({ vocabulary }) =>
      languageModel({ vocabulary, width: 3, initRange: 0.5, slowness: 0.2, dropout }, echo),
  };
  /** The first window of the corpus, in two lanes. */
  const lanes = [
    [1, 1, 2, 3, 0],
    [1, 2, 0, 0, 1],
  ];

  it('adds slowness to the loss of the weight step, and to no look at its batch', async () => {
    const looks: number[] = [];
    const look = looking((mixture, { train }) => void looks.push(train.value(mixture)));
    const search = await toySearch(
      { space, data: toyCorpus(), modifiers: [look] },
      { alphaFrom: 1 },
    );
    const table = trainingOf(search).parameters['embedding.weight']?.data ?? new Float32Array();
    const { metrics } = await search.step(signal);
    const state = (token = 0) => [...table.slice(3 * token, 3 * token + 3)];
    const jumps = lanes.flatMap((tokens) =>
      tokens.slice(1).flatMap((token, before) => {
        const earlier = state(tokens[before]);
        return state(token).map((value, unit) => value - (earlier[unit] as number));
      }),
    );
    const slowness = (0.2 * Math.hypot(...jumps) ** 2) / jumps.length;
    expect(slowness).toBeGreaterThan(0.01);
    expect(metrics?.loss).toBeCloseTo((looks[0] as number) + slowness, 6);
    search.dispose?.();
  });
});
