import { createStreams } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { describe, expect, it } from 'vitest';
import { batchReader } from './batches.ts';
import { dropped } from './drop.ts';
import { denseMixture, gatesOf, type Mixture, mixtureGradients, mixtureLoss } from './mixture.ts';
import { ParameterStore } from './parameter-store.ts';
import { toyData, toyNetwork } from './testing/toy-network.ts';

const streams = createStreams(1);
const ones = (...shape: [number, number, number, number]) => tf.ones(shape) as tf.Tensor4D;

describe('dropped', () => {
  it('drops whole images with the rate, and keeps the mean', () => {
    const y = dropped(ones(2000, 2, 2, 3), { rate: 0.4, each: 'image' }, () =>
      streams.stream('images'),
    );
    const images = Array.from(y.reshape([2000, 12]).arraySync() as number[][]);
    for (const image of images) expect(new Set(image).size).toBe(1);
    for (const [value] of images) expect([0, Math.fround(1 / 0.6)]).toContain(value);
    expect(Math.abs((tf.mean(y).dataSync()[0] as number) - 1)).toBeLessThan(0.06); // 3.4 σ
  });

  it('drops single values, and changes nothing at rate 0', () => {
    const x = ones(4, 8, 8, 16);
    const y = dropped(x, { rate: 0.25, each: 'value' }, () => streams.stream('values'));
    const zeros = y.dataSync().filter((value) => value === 0).length;
    expect(Math.abs(zeros / x.size - 0.25)).toBeLessThan(0.025); // 3.7 σ
    expect(dropped(x, { rate: 0, each: 'value' }, () => streams.stream('values'))).toBe(x);
    expect(dropped(x, undefined, () => streams.stream('values'))).toBe(x);
  });
});

describe('a mixture with drops', () => {
  const toy = toyNetwork();
  const data = toyData();
  const batch = batchReader(data, data.open('train')).plain(Int32Array.of(0, 4, 8, 3, 7));
  const store = new ParameterStore(toy.parameters, createStreams(1));
  const dense = denseMixture([0, 1].map(() => Float64Array.of(0.2, 0.2, 0.2, 0.2, 0.2)));
  const noise = (site: number, option = 9) => streams.stream('drop', site, option);
  const mixture = (rates: readonly number[]) =>
    dense.map((row) => ({
      ...row,
      drops: rates.map((rate) => ({ rate, each: 'image' as const })),
    }));
  const rates = [0.5, 0, 0.5, 0.5, 0.5];

  it('drops in training alone, the same in every pass of a step', () => {
    const clean = mixtureLoss(toy, store, dense, batch);
    expect(mixtureLoss(toy, store, mixture(rates), batch)).toBe(clean);
    const noisy = mixtureLoss(toy, store, mixture(rates), batch, { noise });
    expect(noisy).not.toBe(clean);
    expect(mixtureLoss(toy, store, mixture(rates), batch, { noise })).toBe(noisy);
    expect(mixtureLoss(toy, store, mixture([0, 0, 0, 0, 0]), batch, { noise })).toBe(clean);
  });

  it('drops a site as a whole: one mask for all that it sums, skip connection and all', () => {
    const whole = dense.map((row) => ({ ...row, drop: { rate: 0.5, each: 'image' as const } }));
    const before = tf.memory().numTensors;
    const gates = gatesOf(toy.sites, whole, (site, option) =>
      option === undefined ? streams.stream('site', site) : streams.stream('option', site, option),
    );
    const x = ones(8, 2, 2, 3);
    const outputs = [0, 1, 4].map((option) => gates[0]?.after?.(option, x) as tf.Tensor4D);
    const [first, ...others] = outputs.map((y) => Array.from(y.dataSync()));
    for (const other of others) expect(other).toEqual(first);
    expect(new Set(first)).toEqual(new Set([0, 2]));
    const both = { ...whole[0], drops: rates.map((rate) => ({ rate, each: 'value' as const })) };
    const apart = gatesOf(toy.sites, [both, both] as Mixture, noise);
    const twice = apart[0]?.after?.(0, x);
    expect(new Set(twice?.dataSync())).toEqual(new Set([0, 4]));
    tf.dispose([x, outputs, twice, [...gates, ...apart].map(({ weights }) => weights)]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('takes no gradient through what is dropped, and leaves no tensor behind', () => {
    const before = tf.memory().numTensors;
    const all = mixture([0, 0, 1 - 1e-9, 0, 0]);
    const result = mixtureGradients(toy, store, all, batch, { noise });
    for (const [name, gradient] of result.gradients) {
      const most = tf.tidy(() => tf.max(tf.abs(gradient)).dataSync()[0] ?? 0);
      if (name.includes('conv1x1')) expect(most, name).toBe(0);
    }
    expect([...result.gradients.keys()].some((name) => name.includes('conv1x1'))).toBe(true);
    result.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
