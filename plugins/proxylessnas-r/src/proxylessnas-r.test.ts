import { createStreams, type Maker } from '@archer-nas/core';
import type {
  BatchLoss,
  BilevelStep,
  Mixture,
  Relaxation,
  RelaxationRecipe,
  Rows,
  Site,
} from '@archer-nas/nn';
import { describe, expect, it } from 'vitest';
import plugins from './index.ts';

const streams = createStreams(9);
const sitesOf = (...counts: number[]): Site[] =>
  counts.map((n, decision) => {
    const options = Array.from({ length: n }, (_, option) => `option${option}`);
    return { name: `edge${decision}`, decision, options };
  });

/** A validation batch on which an option is right in so many percent. */
function batch(percent: (choices: readonly number[]) => number) {
  const asked: Mixture[] = [];
  const valid: BatchLoss = {
    value: () => 0,
    accuracy: (mixture) => {
      asked.push(mixture);
      return percent(mixture.map(({ support }) => support[0] as number));
    },
    gradients: () => expect.fail('no gradient passes through the networks'),
  };
  return { asked, valid };
}

const stepAt = (step: number, valid: BatchLoss) =>
  ({ step, epoch: 0, epochs: 1, streams, valid }) as unknown as BilevelStep;

/** A relaxation by the options of a manifest. */
async function begin(options: object, sites: readonly Site[]): Promise<Relaxation> {
  const plugin = plugins.find((one) => 'create' in one) as Maker<'relaxation'>;
  const recipe = await plugin.create(plugin.options.parse(options) as never, {} as never);
  return (recipe as RelaxationRecipe).begin(sites, streams);
}

describe('proxylessnas-r', () => {
  it('looks at ten single paths at every fifth step, without a gradient', async () => {
    const relaxation = await begin({}, sitesOf(3, 4));
    const { asked, valid } = batch(() => 50);
    for (let step = 0; step < 6; step++) relaxation.update?.(stepAt(step, valid));
    expect(asked).toHaveLength(20);
    for (const mixture of asked) {
      expect(mixture.map(({ support }) => support.length)).toEqual([1, 1]);
    }
  });

  it('R39 moves α by the mean of (R − b)(1 − p), b after the mean reward: by hand', async () => {
    const learning = { batch: 4, lr: 1, epsilon: 1e6 };
    const relaxation = await begin({ every: 1, init: 0.5, learning }, sitesOf(3));
    const alpha = () => [
      ...(relaxation.state as unknown as { parameters: Float64Array }).parameters,
    ];
    let b = 0;
    for (let step = 0; step < 3; step++) {
      const [p = new Float64Array(), before] = [relaxation.probabilities[0], alpha()];
      const { asked, valid } = batch(([option = 0]) => 30 + 20 * option);
      const metrics = relaxation.update?.(stepAt(step, valid));
      const drawn = asked.map(([row]) => row?.support[0] as number);
      const rewards = drawn.map((option) => (30 + 20 * option) / 100);
      const mean = rewards.reduce((sum, reward) => sum + reward / 4, 0);
      b = step === 0 ? mean : b + 0.99 * (mean - b);
      expect(metrics?.reward).toBeCloseTo(mean, 12);
      expect(metrics?.baseline).toBeCloseTo(b, 12);
      // With so large an ε Adam's step is lr · m̂ / ε, and m̂ with β₁ = 0 the gradient itself.
      const after = alpha();
      before.forEach((value, i) => {
        const gradient = drawn.reduce((sum, option, k) => {
          const score = (option === i ? 1 : 0) - (p[i] as number);
          return sum + (((rewards[k] as number) - b) * score) / 4;
        }, 0);
        expect(1e6 * ((after[i] as number) - value)).toBeCloseTo(gradient, 6);
      });
    }
  });

  it('gives probability to what is right more often', async () => {
    const relaxation = await begin({ every: 1, learning: { lr: 0.05 } }, sitesOf(3, 3));
    const { valid } = batch((choices) => choices.reduce((sum, o) => sum + (o === 1 ? 30 : 10), 0));
    for (let step = 0; step < 300; step++) relaxation.update?.(stepAt(step, valid));
    for (const row of relaxation.probabilities) expect(row[1]).toBeGreaterThan(0.8);
  });

  it('rewards accuracy · (reference / latency)^power, and gives it to what is fast', async () => {
    const table = { option0: 8, option1: 2, option2: 32 };
    const latency = { table, reference: 16, power: 0.5 };
    const { asked, valid } = batch(() => 50);
    const first = await begin({ every: 1, learning: { batch: 1 }, latency }, sitesOf(3));
    const metrics = first.update?.(stepAt(0, valid));
    const drawn = asked[0]?.[0]?.support[0] as number;
    expect(metrics?.reward).toBeCloseTo(0.5 * Math.sqrt(16 / ([8, 2, 32][drawn] as number)), 12);
    const relaxation = await begin({ every: 1, learning: { lr: 0.05 }, latency }, sitesOf(3));
    let last: Readonly<Record<string, number>> = {};
    for (let step = 0; step < 300; step++) last = relaxation.update?.(stepAt(step, valid)) ?? {};
    const [p = new Float64Array()] = relaxation.probabilities;
    expect(p[1]).toBeGreaterThan(0.8);
    const expected = [8, 2, 32].reduce((sum, ms, i) => sum + ms * (p[i] as number), 0);
    expect(last['expected-latency']).toBeCloseTo(expected, 12);
  });

  it('looks at networks as often as their probability says', async () => {
    const options = { every: 1, init: 1, learning: { batch: 3000 } };
    const relaxation = await begin(options, sitesOf(3));
    const [p = []] = relaxation.probabilities.map((row) => [...row]);
    expect(Math.max(...p) - Math.min(...p)).toBeGreaterThan(0.2);
    const { asked, valid } = batch(() => 50);
    relaxation.update?.(stepAt(0, valid));
    for (const [i, probability] of p.entries()) {
      const share = asked.filter(([row]) => row?.support[0] === i).length / 3000;
      expect(Math.abs(share - probability)).toBeLessThan(0.027);
    }
  });

  it('trains one path, as often as its probability says', async () => {
    const relaxation = await begin({ init: 1 }, sitesOf(3));
    const seen = [0, 0, 0];
    for (let step = 0; step < 3000; step++) {
      const [row] = relaxation.weightMixture(stepAt(step, batch(() => 0).valid));
      expect(row?.support).toHaveLength(1);
      const option = row?.support[0] as number;
      seen[option] = (seen[option] ?? 0) + 1;
    }
    const [p = []] = relaxation.probabilities as Rows;
    for (const [i, probability] of p.entries()) {
      expect(Math.abs((seen[i] ?? 0) / 3000 - probability)).toBeLessThan(0.027);
    }
  });
});
