import { createStreams, type State, type Stream, type Streams } from '@archer-nas/core';
import { type BilevelStep, meanEntropy, type Rows, type Site } from '@archer-nas/nn';
import { describe, expect, it } from 'vitest';
import { snas, temperatureAt } from './snas.ts';

const temperature = { from: 1, to: 0.03 };
const alpha = {
  ...{ lr: 0.05, beta1: 0.5, beta2: 0.999, weightDecay: 0 },
  init: { mean: 1, deviation: 0.01 },
};

const sitesOf = (...counts: number[]): Site[] =>
  counts.map((n, decision) => {
    const options = Array.from({ length: n }, (_, option) => `option${option}`);
    return { name: `edge${decision}`, decision, options };
  });

const streams = createStreams(3);
const stepAt = (step: number, epoch = 0) =>
  ({ step, epoch, epochs: 100, streams }) as unknown as BilevelStep;

describe('λ', () => {
  it.each([
    [0, 1],
    [75, 0.515],
    [149, 0.0364667],
  ])('in epoch %i of 150 is %f (check of section 6)', (epoch, expected) => {
    expect(temperatureAt({ epoch, epochs: 150 }, temperature)).toBeCloseTo(expected, 6);
  });
});

describe('snas', () => {
  const recipe = snas({ temperature, alpha });

  it('starts at mean 1: nearly even probabilities', () => {
    const relaxation = recipe.begin(sitesOf(5, 5), streams);
    expect(meanEntropy(relaxation.probabilities)).toBeCloseTo(Math.log(5), 3);
    const { rows } = relaxation.state as unknown as { rows: Rows };
    for (const value of rows.flatMap((row) => [...row])) {
      expect(Math.abs(value - 1)).toBeLessThan(0.05);
    }
  });

  it('runs a soft sample of every operation, hardly soft at the end, each step its own', () => {
    const relaxation = recipe.begin(sitesOf(5), streams);
    const sharpness = (epoch: number) =>
      Array.from({ length: 200 }, (_, step) => {
        const [row] = relaxation.weightMixture(stepAt(step, epoch));
        expect(row?.support).toEqual([0, 1, 2, 3, 4]);
        expect(row?.weights?.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
        return Math.max(...(row?.weights ?? []));
      }).reduce((a, b) => a + b, 0) / 200;
    const [first, last] = [sharpness(0), sharpness(99)];
    expect(first).toBeLessThan(0.8);
    expect(last).toBeGreaterThan(0.97);
    const [one, other] = [0, 1].map((step) => relaxation.weightMixture(stepAt(step)));
    expect(one).not.toEqual(other);
    expect(relaxation.weightMixture(stepAt(0))).toEqual(one);
  });

  it('R39 moves α by the gradient through the sample that ran: finite differences', () => {
    const noise = [0.3, -0.4, 0.5];
    const draws = (): Streams => {
      const left = [...noise];
      const float = () => Math.exp(-Math.exp(-(left.shift() as number)));
      return { stream: () => ({ float }) as Stream } as unknown as Streams;
    };
    const start = [0.5, 0.2, -0.1];
    const inner = [1, 2, -0.5];
    const at = { ...stepAt(0, 40), streams: draws() } as BilevelStep;
    const zeros = [new Float64Array(3)];
    const savedAt = (rows: readonly number[]) =>
      ({
        rows: [Float64Array.from(rows)],
        first: zeros,
        second: zeros,
        steps: 0,
      }) as unknown as State;
    /** With so large an ε, Adam's first step is the gradient itself. */
    const bare = { ...alpha, lr: 1e6, epsilon: 1e6 };
    const begin = (rows: readonly number[]) =>
      snas({ temperature, alpha: bare }).begin(sitesOf(3), streams, savedAt(rows));
    const relaxation = begin(start);
    relaxation.observe?.([Float64Array.from(inner)], { ...at, streams: draws() });
    const [moved = []] = (relaxation.state as unknown as { rows: Rows }).rows;
    const loss = (rows: readonly number[]) => {
      const [row] = begin(rows).weightMixture({ ...at, streams: draws() });
      return [...(row?.weights ?? [])].reduce((sum, z, i) => sum + z * (inner[i] ?? 0), 0);
    };
    start.forEach((value, i) => {
      const shifted = (by: number) => start.map((a, j) => (j === i ? a + by : a));
      const numeric = (loss(shifted(1e-5)) - loss(shifted(-1e-5))) / 2e-5;
      expect(value - (moved[i] as number)).toBeCloseTo(numeric, 5);
    });
  });

  it('R39 moves α by the gradient of η R(Z) too: finite differences of a whole loss', () => {
    const table = { option0: 4, option1: 1, 'edge0.option2': 0.5, option2: 9 };
    const costs = [4, 1, 0.5];
    const [inner, weight] = [[0.2, -0.3, 0.1], 0.25];
    const bare = { ...alpha, lr: 1e6, epsilon: 1e6 };
    const at = stepAt(3, 40);
    const zeros = [new Float64Array(3)];
    const begin = (row: readonly number[]) => {
      const rows = [Float64Array.from(row)];
      const saved = { rows, first: zeros, second: zeros, steps: 0 } as unknown as State;
      const options = { temperature, alpha: bare, resource: { table, weight } };
      return snas(options).begin(sitesOf(3), streams, saved);
    };
    const start = [0.5, 0.2, -0.1];
    const z = (row: readonly number[]) => [...(begin(row).weightMixture(at)[0]?.weights ?? [])];
    const dot = (a: readonly number[], b: readonly number[]) =>
      a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
    const loss = (row: readonly number[]) => dot(z(row), inner) + weight * dot(z(row), costs);
    const relaxation = begin(start);
    const metrics = relaxation.observe?.([Float64Array.from(inner)], at);
    expect(metrics?.resource).toBeCloseTo(dot(z(start), costs), 12);
    const [moved = []] = (relaxation.state as unknown as { rows: Rows }).rows;
    start.forEach((value, i) => {
      const shifted = (by: number) => start.map((a, j) => (j === i ? a + by : a));
      const numeric = (loss(shifted(1e-5)) - loss(shifted(-1e-5))) / 2e-5;
      expect(value - (moved[i] as number)).toBeCloseTo(numeric, 5);
    });
  });

  it('names the table where an option has no cost', () => {
    const resource = { table: { option0: 1 }, weight: 1 };
    expect(() => snas({ temperature, alpha, resource }).begin(sitesOf(2), streams)).toThrow(
      /resource\.table has no "option1", an option of site edge0/,
    );
  });

  it('gives probability to what lowers the loss that the weights descend', () => {
    const relaxation = recipe.begin(sitesOf(3), streams);
    for (let step = 0; step < 400; step++) {
      relaxation.observe?.([Float64Array.of(0.2, -0.3, 0.1)], stepAt(step, step >> 2));
    }
    expect(relaxation.probabilities[0]?.[1]).toBeGreaterThan(0.8);
  });

  it('is of one level: no valid images, and no step of α on its own', () => {
    expect(recipe.trainOnly).toBe(true);
    expect(recipe.begin(sitesOf(3), streams).update).toBe(undefined);
  });
});
