import { createStreams, type State, type Stream, type Streams } from '@archer-nas/core';
import {
  type BatchLoss,
  type BilevelStep,
  concreteGradientRows,
  concreteRows,
  type Mixture,
  type Rows,
  type Site,
} from '@archer-nas/nn';
import { describe, expect, it } from 'vitest';
import { type GdasOptions, gdas, hardSample, temperatureAt } from './gdas.ts';

const temperature = { from: 10, to: 0.1 };
/** With so large an ε, Adam's first step is the gradient itself. */
const bare = { lr: 1e6, epsilon: 1e6, beta1: 0.5, beta2: 0.999, weightDecay: 0, init: 0 };

const sitesOf = (...counts: number[]): Site[] =>
  counts.map((n, decision) => {
    const options = Array.from({ length: n }, (_, option) => `option${option}`);
    return { name: `edge${decision}`, decision, options };
  });

/** Gives the uniform numbers whose Gumbel noise is `noise`. */
const gumbel = (...noise: number[]): Stream =>
  ({ float: () => Math.exp(-Math.exp(-(noise.shift() as number))) }) as Stream;

/** A loss linear in the mixture's weights: ⟨∂L/∂x, o(x)⟩ is `inner`. Keeps what it was asked. */
function linear(...inner: number[]) {
  const asked: Mixture[] = [];
  const loss: BatchLoss = {
    value: () => 0,
    accuracy: () => 0,
    gradients: (mixture) => {
      asked.push(mixture);
      const rows = mixture.map(({ support }) =>
        Float64Array.from(inner, (g, option) => (support.includes(option) ? g : 0)),
      );
      return { gradients: new Map(), rows };
    },
  };
  return { loss, asked };
}

/** One step at τ = 1, from α = (.5, .2, −.1) with the noise (.3, −.4, .5). */
function movedBy(rule: GdasOptions['rule'], ...inner: number[]) {
  const start = [Float64Array.of(0.5, 0.2, -0.1)];
  const zeros = [new Float64Array(3)];
  const saved = { rows: start, first: zeros, second: zeros, steps: 0 } as unknown as State;
  const { loss, asked } = linear(...inner);
  const streams = { stream: () => gumbel(0.3, -0.4, 0.5) } as unknown as Streams;
  const step = { epoch: 0, epochs: 1, step: 0, streams, valid: loss };
  const options: GdasOptions = { rule, temperature: { from: 1, to: 1 }, alpha: bare };
  const relaxation = gdas(options).begin(sitesOf(3), createStreams(0), saved);
  relaxation.update?.(step as unknown as BilevelStep);
  const { rows } = relaxation.state as unknown as { rows: Rows };
  const gradient = (start[0] ?? []).map((a, i) => a - (rows[0]?.[i] ?? 0));
  return { gradient: [...gradient], asked };
}

describe('R39 the gradient of GDAS (check of section 5)', () => {
  it.each([
    ['selected', [1, 2, -0.5], [0.249912, -0.088555, -0.161357]],
    ['all', [1, 2, -0.5], [0.153481, 0.236955, -0.390436]],
  ] as const)('by the rule %s is the published one', (rule, inner, expected) => {
    const { gradient } = movedBy(rule, ...inner);
    for (const [i, value] of expected.entries()) expect(gradient[i]).toBeCloseTo(value, 5);
  });

  it('runs the sampled operation alone by the rule selected, with weight one', () => {
    expect(movedBy('selected', 1, 2, -0.5).asked).toEqual([
      [{ support: [0], weights: Float64Array.of(1) }],
    ]);
    expect(movedBy('all', 1, 2, -0.5).asked).toEqual([
      [{ support: [0, 1, 2], weights: Float64Array.of(1, 0, 0) }],
    ]);
  });

  it('is that of the NAS-Bench-201 cell where the others count as the sum upstream', () => {
    const [alpha, noise] = [
      [0.5, 0.2, -0.1],
      [0.3, -0.4, 0.5],
    ].map((r) => [Float64Array.from(r)]);
    const soft = concreteRows(alpha as Rows, noise as Rows, 1);
    const [row = []] = concreteGradientRows(soft, [Float64Array.of(1, 0.3, 0.3)], 1);
    for (const [i, value] of [0.174939, -0.061988, -0.11295].entries()) {
      expect(row[i]).toBeCloseTo(value, 5);
    }
  });
});

describe('τ', () => {
  it.each([
    [0, 10],
    [1, 9.96024],
    [125, 5.03012],
    [249, 0.1],
  ])('in epoch %i of 250 is %f (check of section 5)', (epoch, expected) => {
    expect(temperatureAt({ epoch, epochs: 250 }, temperature)).toBeCloseTo(expected, 5);
  });

  it('is that of the start where there is one epoch', () => {
    expect(temperatureAt({ epoch: 0, epochs: 1 }, temperature)).toBe(10);
  });
});

describe('a hard sample', () => {
  const alpha = [Float64Array.of(0.5, 0.2, -0.1)];

  it('selects operation 0 in the published draw, softly at τ = 1 and nearly hard at 0.1', () => {
    const at = (tau: number) => hardSample(alpha, tau, gumbel(0.3, -0.4, 0.5));
    expect(at(1).choices).toEqual([0]);
    for (const [i, value] of [0.98197, 0.000045, 0.017985].entries()) {
      expect(at(0.1).soft[0]?.[i]).toBeCloseTo(value, 5);
    }
  });

  it('is drawn again when a number is infinite', () => {
    const again = gumbel(0.3, Number.NEGATIVE_INFINITY, 0.5, -2, 4, 0);
    expect(hardSample(alpha, 1, again).choices).toEqual([1]);
  });

  it('gives up where α itself is not a number, for the run to say so', () => {
    const broken = [Float64Array.of(0.5, Number.NaN)];
    const { soft } = hardSample(broken, 1, createStreams(0).stream('gdas'));
    expect(soft[0]?.some(Number.isNaN)).toBe(true);
  });
});

describe('gdas', () => {
  const alpha = { lr: 0.02, beta1: 0.5, beta2: 0.999, weightDecay: 0, init: 1e-3 };
  const recipe = gdas({ rule: 'selected', temperature: { from: 10, to: 0.1 }, alpha });
  const streams = createStreams(2);
  const { loss } = linear(0.2, -0.3, 0.1);
  const stepAt = (step: number) =>
    ({ step, epoch: step >> 6, epochs: 10, streams, valid: loss }) as unknown as BilevelStep;

  it('gives probability to what lowers the validation loss', () => {
    const relaxation = recipe.begin(sitesOf(3), streams);
    for (let step = 0; step < 640; step++) relaxation.update?.(stepAt(step));
    const [p = new Float64Array()] = relaxation.probabilities;
    expect(p.indexOf(Math.max(...p))).toBe(1);
    expect(p[1]).toBeGreaterThan(0.6);
  });

  it('trains the weights of one operation, drawn apart from that of the α step', () => {
    const relaxation = recipe.begin(sitesOf(5, 5, 5, 5, 5, 5), streams);
    const names: string[] = [];
    const spied = {
      ...stepAt(3),
      streams: {
        stream: (name: string, ...indices: number[]) => {
          names.push([name, ...indices].join(' '));
          return streams.stream(name, ...indices);
        },
      },
    } as unknown as BilevelStep;
    const mixture = relaxation.weightMixture(spied);
    for (const row of mixture) expect(row).toEqual({ support: [row.support[0]] });
    expect(relaxation.weightMixture(spied)).toEqual(mixture);
    relaxation.update?.(spied);
    expect(names).toEqual(['gdas-weights 3', 'gdas-weights 3', 'gdas 3']);
  });

  it('draws each operation as often as its probability says', () => {
    const rows = [Float64Array.of(1, 0, -1)];
    const zeros = [new Float64Array(3)];
    const saved = { rows, first: zeros, second: zeros, steps: 0 } as unknown as State;
    const relaxation = recipe.begin(sitesOf(3), streams, saved);
    const seen = [0, 0, 0];
    for (let step = 0; step < 3000; step++) {
      const option = relaxation.weightMixture({ ...stepAt(0), step })[0]?.support[0] as number;
      seen[option] = (seen[option] ?? 0) + 1;
    }
    // Three standard deviations of 3000 draws are at most 0.027.
    for (const [i, p] of (relaxation.probabilities[0] ?? []).entries()) {
      expect(Math.abs((seen[i] ?? 0) / 3000 - p)).toBeLessThan(0.027);
    }
  });
});

describe('a decision of inputs, of which an architecture keeps several', () => {
  it('is mixed by the soft sample in both steps, beside hard operations', () => {
    const alpha = { lr: 0.02, beta1: 0.5, beta2: 0.999, weightDecay: 0, init: 1e-3 };
    const streams = createStreams(2);
    const [operation, inputs] = sitesOf(3, 4);
    const sites = [operation, { ...inputs, keeps: 2 }] as Site[];
    for (const rule of ['selected', 'all'] as const) {
      const recipe = gdas({ rule, temperature: { from: 10, to: 0.1 }, alpha });
      expect(recipe.inputs).toBe('each');
      const relaxation = recipe.begin(sites, streams);
      const { loss, asked } = linear(0.2, -0.3, 0.1, 0.4);
      const step = { step: 0, epoch: 0, epochs: 10, streams, valid: loss };
      const trained = relaxation.weightMixture(step as unknown as BilevelStep);
      relaxation.update?.(step as unknown as BilevelStep);
      for (const mixture of [trained, asked[0]]) {
        expect(mixture?.[1]?.support).toEqual([0, 1, 2, 3]);
        const weights = [...(mixture?.[1]?.weights ?? [])];
        expect(weights.every((w) => w > 0 && w < 1)).toBe(true);
        expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
        const hard = [...(mixture?.[0]?.weights ?? [1])].filter((w) => w !== 0);
        expect(hard).toEqual([1]);
      }
    }
  });
});
