import { createStreams } from '@archer-nas/core';
import type { BatchLoss, BilevelStep, Mixture, Rows, Site } from '@archer-nas/nn';
import { describe, expect, it } from 'vitest';
import { type ProxylessOptions, proxylessnas } from './proxylessnas.ts';

const alpha = { lr: 0.02, beta1: 0, beta2: 0.999, weightDecay: 0, init: 1e-3 };
const streams = createStreams(9);
const sitesOf = (...counts: number[]): Site[] =>
  counts.map((n, decision) => {
    const options = Array.from({ length: n }, (_, option) => `option${option}`);
    return { name: `edge${decision}`, decision, options };
  });

/** A loss linear in the mixture, and what it was asked for. */
function linear(inner: readonly number[]) {
  const asked: Mixture[] = [];
  const valid: BatchLoss = {
    value: () => 2,
    accuracy: () => 0,
    gradients: (mixture) => {
      asked.push(mixture);
      const rows = mixture.map(({ support }) =>
        Float64Array.from(inner, (g, option) => (support.includes(option) ? g : 0)),
      );
      return { gradients: new Map(), rows };
    },
  };
  return { asked, valid };
}

const stepAt = (step: number, valid: BatchLoss) =>
  ({ step, epoch: 0, epochs: 1, streams, valid }) as unknown as BilevelStep;

function search(changes: Partial<ProxylessOptions>, inner: readonly number[], steps: number) {
  const { asked, valid } = linear(inner);
  const relaxation = proxylessnas({ every: 5, alpha, ...changes }).begin(
    sitesOf(inner.length, inner.length),
    streams,
  );
  const metrics = [];
  for (let step = 0; step < steps; step++) {
    metrics.push(relaxation.update?.(stepAt(step, valid)) ?? {});
  }
  return { relaxation, asked, metrics };
}

describe('proxylessnas', () => {
  it('moves α at every fifth step, along two paths of each decision', () => {
    const { asked } = search({}, [0.2, -0.3, 0.1, 0], 12);
    expect(asked).toHaveLength(3);
    for (const row of asked.flat()) {
      expect(new Set(row.support).size).toBe(2);
      expect(row.weights).toEqual(Float64Array.of(1, 0));
    }
  });

  it('changes the probabilities of the two alone', () => {
    const { valid } = linear([0.2, -0.3, 0.1, 0]);
    const relaxation = proxylessnas({ every: 1, alpha }).begin(sitesOf(4), streams);
    for (let step = 0; step < 20; step++) {
      const before = relaxation.probabilities[0] as Float64Array;
      const { asked, valid: spied } = linear([0.2, -0.3, 0.1, 0]);
      relaxation.update?.({ ...stepAt(step, valid), valid: spied });
      const after = relaxation.probabilities[0] as Float64Array;
      const sampled = asked[0]?.[0]?.support ?? [];
      after.forEach((p, option) => {
        if (sampled.includes(option)) expect(p).not.toBe(before[option]);
        else expect(p).toBeCloseTo(before[option] as number, 12);
      });
    }
  });

  it('gives probability to what lowers the validation loss', () => {
    const { relaxation } = search({ every: 1 }, [0.2, -0.3, 0.1], 400);
    for (const row of relaxation.probabilities) expect(row[1]).toBeGreaterThan(0.8);
  });

  it('gives it to what is fast, where the latency weighs more, and reports the expectation', () => {
    const table = { option0: 1, option1: 9, option2: 9 };
    for (const loss of [
      { form: 'add', weight: 1 },
      { form: 'mul#log', reference: 3, scale: 5, power: 2 },
    ] as const) {
      const { relaxation, metrics } = search(
        { every: 1, latency: { table, loss } },
        [0.2, -0.3, 0.1],
        400,
      );
      for (const row of relaxation.probabilities) expect(row[0]).toBeGreaterThan(0.8);
      expect(metrics[0]?.['expected-latency']).toBeGreaterThan(12);
      expect(metrics.at(-1)?.['expected-latency']).toBeLessThan(6);
    }
  });

  it('R39 has the gradient of the expected latency that the rescaling leaves', () => {
    // E as a function of the two α, the joint probability held as it is: finite differences.
    const table = { option0: 10, option1: 20, option2: 5 };
    const bare = { ...alpha, init: 0.3, lr: 1e-7, epsilon: 1e-12 };
    const options = { every: 1, latency: { table, loss: { form: 'add', weight: 1 } } } as const;
    const relaxation = proxylessnas({ ...options, alpha: bare }).begin(sitesOf(3), streams);
    const before = (relaxation.state as unknown as { rows: Rows }).rows[0] as Float64Array;
    const p = relaxation.probabilities[0] as Float64Array;
    const { asked, valid } = linear([0, 0, 0]);
    relaxation.update?.(stepAt(0, valid));
    const [a, b] = (asked[0]?.[0]?.support ?? []) as [number, number];
    const latency = [10, 20, 5];
    const joint = (p[a] as number) + (p[b] as number);
    const expected = (shift: number) => {
      const [ea, eb] = [Math.exp((before[a] as number) + shift), Math.exp(before[b] as number)];
      return (joint * (ea * (latency[a] as number) + eb * (latency[b] as number))) / (ea + eb);
    };
    const numeric = (expected(1e-5) - expected(-1e-5)) / 2e-5;
    const { second } = relaxation.state as unknown as { second: Rows };
    // Adam's second moment after one step is (1 − β₂) g².
    expect(Math.sqrt((second[0]?.[a] as number) / 1e-3)).toBeCloseTo(Math.abs(numeric), 6);
  });

  it('trains one path, as often as its probability says', () => {
    const { relaxation } = search({ every: 1 }, [0.2, -0.3, 0.1], 60);
    const seen = [0, 0, 0];
    for (let step = 0; step < 3000; step++) {
      const [row] = relaxation.weightMixture(stepAt(step, linear([]).valid));
      expect(row?.support).toHaveLength(1);
      expect(row?.weights).toBe(undefined);
      const option = row?.support[0] as number;
      seen[option] = (seen[option] ?? 0) + 1;
    }
    for (const [i, p] of (relaxation.probabilities[0] ?? []).entries()) {
      expect(Math.abs((seen[i] ?? 0) / 3000 - p)).toBeLessThan(0.027);
    }
  });
});
