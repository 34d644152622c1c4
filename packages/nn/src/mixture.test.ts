import { createStreams } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { describe, expect, it } from 'vitest';
import { batchReader } from './batches.ts';
import { pathGates } from './gates.ts';
import { lossAndGradients } from './gradients.ts';
import {
  apartMixture,
  denseMixture,
  mixtureGradients,
  mixtureLoss,
  mixtureOutcome,
  type Rows,
  singleMixture,
} from './mixture.ts';
import type { Network } from './network.ts';
import { ParameterStore } from './parameter-store.ts';
import { beginRows, rowAdam } from './row-adam.ts';
import {
  argmaxRows,
  combineRows,
  meanEntropy,
  softmaxGradientRows,
  softmaxRows,
} from './softmax-rows.ts';
import { toyData, toyNetwork } from './testing/toy-network.ts';

const toy = toyNetwork();
const data = toyData();
const rows = (...values: number[][]): Rows => values.map((row) => Float64Array.from(row));

/** The toy network with both of its sites tied to one decision. */
const tied = { ...toy, sites: toy.sites.map((site) => ({ ...site, decision: 0 })) };

function setUp() {
  const store = new ParameterStore(toy.parameters, createStreams(1));
  const batch = batchReader(data, data.open('train')).plain(Int32Array.of(0, 4, 8, 3, 7));
  return { store, batch };
}

describe('mixtureOutcome', () => {
  it('counts the images whose largest logit is their label', () => {
    const { store, batch } = setUp();
    const choices = [1, 3];
    const forward = { parameters: store, batchNorm: 'batch' } as const;
    const logits = toy.forward(batch.images, pathGates(choices), forward);
    const right = [...logits.argMax(1).dataSync()].map((best, at) => best === batch.labels[at]);
    const { accuracy, loss } = mixtureOutcome(toy, store, singleMixture(choices), batch);
    expect(accuracy).toBeCloseTo((100 * right.filter(Boolean).length) / batch.size, 12);
    expect(loss).toBe(mixtureLoss(toy, store, singleMixture(choices), batch));
  });
});

describe('R39 mixtureGradients', () => {
  it.each<[string, Network, ...number[][]]>([
    ['two decisions', toy, [0.1, 0.2, 0.3, 0.25, 0.15], [0.3, 0.1, 0.2, 0.1, 0.3]],
    ['one decision of two sites', tied, [0.1, 0.2, 0.3, 0.25, 0.15]],
  ])('agree with finite differences by the weights of %s', (_, network, ...values) => {
    const { store, batch } = setUp();
    const p = rows(...values);
    const loss = (mixture: Rows): number =>
      mixtureLoss(network, store, denseMixture(mixture), batch);
    const result = mixtureGradients(network, store, denseMixture(p), batch, { by: ['mixture'] });
    expect(result.gradients.size).toBe(0);
    expect(result.loss.dataSync()[0]).toBe(loss(p));
    p.forEach((row, r) => {
      row.forEach((_, option) => {
        const moved = (by: number) =>
          p.map((other, at) =>
            at === r ? other.map((v, i) => (i === option ? v + by : v)) : other,
          );
        const numeric = (loss(moved(0.01)) - loss(moved(-0.01))) / 0.02;
        expect(result.rows[r]?.[option], `${r}, ${option}`).toBeCloseTo(numeric, 3);
      });
    });
  });

  it.each<[string, Network]>([
    ['two decisions', toy],
    ['one decision of two sites', tied],
    ['partial channels', toyNetwork({ partial: 2 })],
  ])('agree with finite differences by the scales of %s', (_, network) => {
    const store = new ParameterStore(network.parameters, createStreams(1));
    const { batch } = setUp();
    const all = rows([0.1, 0.2, 0.3, 0.25, 0.15], [0.3, 0.1, 0.2, 0.1, 0.3]);
    const p = all.slice(0, new Set(network.sites.map(({ decision }) => decision)).size);
    const scaled = (...scales: number[]) =>
      denseMixture(p).map((row, decision) => ({ ...row, scale: scales[decision] as number }));
    const before = tf.memory().numTensors;
    const {
      scales,
      rows: byRow,
      dispose,
    } = mixtureGradients(network, store, scaled(0.7, 0.4), batch);
    dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect(Math.abs(byRow[0]?.[3] ?? 0)).toBeGreaterThan(0);
    p.forEach((_, decision) => {
      const at = (by: number) =>
        scaled(...[0.7, 0.4].map((scale, d) => (d === decision ? scale + by : scale)));
      const loss = (by: number) => mixtureLoss(network, store, at(by), batch);
      const numeric = (loss(0.01) - loss(-0.01)) / 0.02;
      expect(scales[decision]).toBeCloseTo(numeric, 3);
    });
  });

  it('are those of a path where one option is supported, and leave no tensor behind', () => {
    const { store, batch } = setUp();
    const before = tf.memory().numTensors;
    const one = mixtureGradients(toy, store, singleMixture([3, 4]), batch);
    const path = lossAndGradients(toy, store, pathGates([3, 4]), batch);
    expect([...one.gradients.keys()]).toEqual([...path.gradients.keys()]);
    expect(one.loss.dataSync()).toEqual(path.loss.dataSync());
    expect(one.rows.map((row) => [...row])).toEqual([
      [0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0],
    ]);
    one.dispose();
    path.dispose();
    mixtureGradients(
      toy,
      store,
      denseMixture(rows([1, 1, 1, 1, 1], [1, 1, 1, 1, 1])),
      batch,
    ).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('are those of a path where the sites of one decision run apart', () => {
    const { store, batch } = setUp();
    const mixture = apartMixture(tied.sites, [3, 4]);
    expect(mixture).toEqual([{ support: [3, 4], apart: [3, 4] }]);
    const apart = mixtureGradients(tied, store, mixture, batch);
    const path = lossAndGradients(toy, store, pathGates([3, 4]), batch);
    expect([...apart.gradients.keys()]).toEqual([...path.gradients.keys()]);
    expect(apart.loss.dataSync()).toEqual(path.loss.dataSync());
    apart.dispose();
    path.dispose();
  });

  it('name the site whose decision has no row', () => {
    const { store, batch } = setUp();
    expect(() => mixtureGradients(toy, store, singleMixture([3]), batch)).toThrow(
      `no mixture row 1 for site ${toy.sites[1]?.name}`,
    );
  });
});

describe('R39 rows', () => {
  it('have the gradient of a mixed operation: p_i (o_i − ō) (check C of DARTS)', () => {
    const p = softmaxRows(rows([0, 0, 0]));
    const x = 3;
    const outputs = rows([x, 0, 2 * x]);
    const [gradient = []] = softmaxGradientRows(p, outputs);
    for (const [i, value] of [0, -1, 1].entries()) expect(gradient[i]).toBeCloseTo(value, 12);
  });

  it('have the entropy ln n at α = 0, and probabilities that survive large α', () => {
    expect(meanEntropy(softmaxRows(rows([0, 0, 0, 0, 0], [3, 3, 3, 3, 3])))).toBeCloseTo(
      1.6094379,
      6,
    );
    expect(softmaxRows(rows([1000, 0]))).toEqual(rows([1, 0]));
  });

  it('take the first of equal options', () => {
    expect(argmaxRows(rows([0.2, 0.4, 0.4], [1, 1, 0]))).toEqual([1, 0]);
  });

  it('add up with factors', () => {
    expect(combineRows([1, rows([1, 2])], [-0.5, rows([4, 2])])).toEqual(rows([-1, 1]));
  });
});

describe('rowAdam', () => {
  const options = { lr: 3e-4, beta1: 0.5, beta2: 0.999, weightDecay: 0 };

  it('moves by the learning rate against the sign of the first gradient', () => {
    const { rows: moved } = rowAdam(beginRows(rows([0.1, -0.1])), rows([5, -0.2]), options);
    expect(moved[0]?.[0]).toBeCloseTo(0.1 - 3e-4, 9);
    expect(moved[0]?.[1]).toBeCloseTo(-0.1 + 3e-4, 9);
  });

  it('gives the second step by hand, with decay in the gradient', () => {
    // g1 = 1 + 0.1·1 = 1.1: m = 0.55, v = 0.00121, α = 1 − 0.1·1.1/1.1 = 0.9.
    // g2 = −2 + 0.1·0.9 = −1.91: m = 0.275 − 0.955 = −0.68, v = 0.00120879 + 0.0036481.
    const by = { ...options, lr: 0.1, weightDecay: 0.1 };
    const first = rowAdam(beginRows(rows([1])), rows([1]), by);
    const { rows: second } = rowAdam(first, rows([-2]), by);
    const mean = -0.68 / (1 - 0.25);
    const root = Math.sqrt((0.00121 * 0.999 + 0.001 * 1.91 ** 2) / (1 - 0.999 ** 2));
    expect(second[0]?.[0]).toBeCloseTo(0.9 - (0.1 * mean) / root, 7);
  });

  it('leaves what it was given as it was', () => {
    const state = beginRows(rows([1, 2]));
    rowAdam(state, rows([1, 1]), options);
    expect(state).toEqual(beginRows(rows([1, 2])));
  });
});
