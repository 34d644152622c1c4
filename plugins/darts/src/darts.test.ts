import { type Block, createStreams, type State } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import type { BatchLoss, BilevelStep, Mixture, Rows, Site, WeightPoint } from '@archer-nas/nn';
import { describe, expect, it } from 'vitest';
import { darts, hypergradient } from './darts.ts';
import plugins from './index.ts';

/** A loss of one weight and one architecture parameter, with its partial derivatives. */
interface Scalars {
  value(w: number, a: number): number;
  byW(w: number, a: number): number;
  byA(w: number, a: number): number;
}

/** A step of SGD on one weight: ξ, μ, λ, the momentum's buffer. */
interface SgdStep {
  readonly xi: number;
  readonly momentum?: number;
  readonly decay?: number;
  readonly buffer?: number;
  readonly nesterov?: boolean;
}

/** One step of a bilevel problem in two numbers; the mixture's only weight is α itself. */
function scalarStep(
  { train, valid }: { train: Scalars; valid: Scalars },
  w: number,
  { xi, momentum = 0, decay = 0, buffer = 0, nesterov = false }: SgdStep,
) {
  const scalar = (value: number) => tf.scalar(value, 'float32');
  const read = (values?: ReadonlyMap<string, tf.Tensor>) => values?.get('w')?.dataSync()[0] ?? w;
  const loss = (of: Scalars): BatchLoss => {
    const at = (mixture: Mixture) => mixture[0]?.weights?.[0] as number;
    return {
      value: (mixture, options) => of.value(read(options?.at), at(mixture)),
      accuracy: () => 0,
      gradients: (mixture, _, options) => ({
        gradients: new Map([['w', scalar(of.byW(read(options?.at), at(mixture)))]]),
        rows: [Float64Array.of(of.byA(read(options?.at), at(mixture)))],
      }),
    };
  };
  const seen: number[] = [];
  const moved = (value: number) => {
    seen.push(value);
    return new Map([['w', scalar(value)]]);
  };
  const first = (map: ReadonlyMap<string, tf.Tensor>) => map.get('w')?.dataSync()[0] as number;
  const weights: WeightPoint = {
    afterStep(gradients, scale = 1) {
      const g = scale * first(gradients) + decay * w;
      const v = momentum * buffer + g;
      return moved(w - xi * (nesterov ? g + momentum * v : v));
    },
    rate: nesterov ? (1 + momentum) * xi : xi,
    moved: (direction, factor) => moved(w + factor * first(direction)),
  };
  return { train: loss(train), valid: loss(valid), weights, seen };
}

/** Figure 2 of the paper: L_val = αw − 2α + 1, L_train = w² − 2αw + α². */
const figure2 = {
  train: {
    value: (w: number, a: number) => w * w - 2 * a * w + a * a,
    byW: (w: number, a: number) => 2 * w - 2 * a,
    byA: (w: number, a: number) => 2 * a - 2 * w,
  },
  valid: {
    value: (w: number, a: number) => a * w - 2 * a + 1,
    byW: (_: number, a: number) => a,
    byA: (w: number) => w - 2,
  },
};

const gradientAt = (a: number, w: number, xi: number): number => {
  const options = { order: xi === 0 ? 1 : 2, radius: 0.01 } as const;
  const step = scalarStep(figure2, w, { xi });
  return hypergradient([Float64Array.of(a)], step, options)[0]?.[0] as number;
};

describe('R39 the hypergradient on the toy problem of figure 2 (check A)', () => {
  it.each([
    [0, -4],
    [0.1, -2.8],
    [0.3, -0.4],
    [0.5, 2],
  ])('at ξ = %f is %f', (xi, expected) => {
    expect(gradientAt(2, -2, xi)).toBeCloseTo(expected, 4);
  });

  it.each([
    [
      0,
      [
        [2.4, -1.12],
        [2.712, -0.3536],
        [2.94736, 0.306592],
      ],
    ],
    [
      0.1,
      [
        [2.28, -1.144],
        [2.48032, -0.419136],
        [2.614638, 0.187619],
      ],
    ],
    [
      0.5,
      [
        [1.8, -1.24],
        [1.64, -0.664],
        [1.512, -0.2288],
      ],
    ],
  ] as const)('gives the published iterates at ξ = %f', (xi, iterates) => {
    let [a, w] = [2, -2];
    for (const [nextA, nextW] of iterates) {
      a -= 0.1 * gradientAt(a, w, xi);
      w -= 0.1 * figure2.train.byW(w, a);
      expect(a).toBeCloseTo(nextA, 4);
      expect(w).toBeCloseTo(nextW, 4);
    }
  });

  it.each([
    [0.1, 1.666667],
    [0.3, 1.25],
    [0.5, 1],
  ])('converges to 2/(1 + 2ξ) at ξ = %f, which is the optimum for ½ alone', (xi, limit) => {
    let [a, w] = [2, -2];
    for (let step = 0; step < 400; step++) {
      a -= 0.1 * gradientAt(a, w, xi);
      w -= 0.1 * figure2.train.byW(w, a);
    }
    expect(a).toBeCloseTo(limit, 3);
    expect(w).toBeCloseTo(limit, 3);
  });
});

describe('the hypergradient of the recurrent search, which is clipped', () => {
  // ∇_w L_train = −8 and ∇_w' L_val = 2 at (2, −2); ∇²_{α,w} L_train = −2.
  it.each([
    [4, -1.6 - 2 + 0.1 * (4 / 8) * 4],
    [1, -1.9 - 2 + 0.1 * (1 / 8) * (1 / 2) * 4],
    [100, -2.8],
  ])('to %f: both steps, and the implicit term by both', (unrolledClip, expected) => {
    const step = scalarStep(figure2, -2, { xi: 0.1 });
    const options = { order: 2, radius: 0.01, unrolledClip } as const;
    expect(hypergradient([Float64Array.of(2)], step, options)[0]?.[0]).toBeCloseTo(expected, 4);
  });
});

describe('R39 the hypergradient where nothing is quadratic (check B)', () => {
  const [a, w, xi] = [0.7, 1.1, 0.05];
  const problem = {
    train: {
      value: (w: number, a: number) => 0.5 * (w * w - a) ** 2 + 0.25 * w ** 4 * a * a,
      byW: (w: number, a: number) => 2 * w * (w * w - a) + w ** 3 * a * a,
      byA: (w: number, a: number) => a - w * w + 0.5 * w ** 4 * a,
    },
    valid: {
      value: (w: number, a: number) => Math.sin(a * w) + 0.5 * w * w,
      byW: (w: number, a: number) => a * Math.cos(a * w) + w,
      byA: (w: number, a: number) => w * Math.cos(a * w),
    },
  };
  const rows: Rows = [Float64Array.of(a)];

  it.each([
    [0.1, -1.19e-3, 2e-5],
    [0.01, -1.2e-5, 5e-6],
  ])('is off by %f² as the finite difference is', (radius, error, within) => {
    const step = scalarStep(problem, w, { xi });
    const [row] = hypergradient(rows, step, { order: 2, radius });
    expect(step.seen[0]).toBeCloseTo(1.0112905, 6);
    expect(Math.abs((row?.[0] as number) - 0.7942749331 - error)).toBeLessThan(within);
  });

  it('is 0.7897017 by first order, which never asks for other weights', () => {
    const step = scalarStep(problem, w, { xi });
    const [row] = hypergradient(rows, step, { order: 1, radius: 0.01 });
    expect(row?.[0]).toBeCloseTo(0.7897017366, 7);
    expect(step.seen).toEqual([]);
  });

  it('looks through momentum and weight decay: w′ = 1.002274', () => {
    const step = scalarStep(problem, w, { xi, momentum: 0.9, decay: 3e-4, buffer: 0.2 });
    hypergradient(rows, step, { order: 2, radius: 0.01 });
    expect(step.seen[0]).toBeCloseTo(1.002274, 5);
  });

  it.each([false, true])('is the total derivative through that step, Nesterov %s', (nesterov) => {
    const settings = { xi, momentum: 0.9, decay: 3e-4, buffer: 0.2, nesterov };
    const ahead = (a: number): number => {
      const g = problem.train.byW(w, a) + 3e-4 * w;
      const v = 0.9 * 0.2 + g;
      return w - xi * (nesterov ? g + 0.9 * v : v);
    };
    const loss = (a: number) => problem.valid.value(ahead(a), a);
    const expected = (loss(a + 1e-5) - loss(a - 1e-5)) / 2e-5;
    const step = scalarStep(problem, w, settings);
    const [row] = hypergradient(rows, step, { order: 2, radius: 0.01 });
    expect(row?.[0]).toBeCloseTo(expected, 4);
  });

  it('has no implicit term where the valid loss does not change with the weights', () => {
    const flat = {
      value: (_: number, a: number) => a * a,
      byW: () => 0,
      byA: (_: number, a: number) => 2 * a,
    };
    const step = scalarStep({ train: problem.train, valid: flat }, w, { xi });
    expect(hypergradient(rows, step, { order: 2, radius: 0.01 })[0]?.[0]).toBe(2 * a);
  });

  it('is that of first order, exactly, where the weights do not move (check G2)', () => {
    const single = Math.fround(w); // weights are tensors of single precision
    const at = (order: 1 | 2) =>
      hypergradient(rows, scalarStep(problem, single, { xi: 0 }), { order, radius: 0.01 });
    expect(at(2)).toEqual(at(1));
  });
});

/** One site per decision. */
const sitesOf = (...counts: number[]): Site[] =>
  counts.map((n, decision) => {
    const options = Array.from({ length: n }, (_, option) => `option${option}`);
    return { name: `edge${decision}`, decision, options };
  });

describe('darts', () => {
  const alpha = { lr: 3e-4, beta1: 0.5, beta2: 0.999, weightDecay: 1e-3, init: 1e-3 };
  const recipe = darts({ order: 1, radius: 0.01, alpha });
  const streams = createStreams(0);
  /** A loss whose gradient by p is c, whatever p is. */
  const linear = (c: Rows): BatchLoss => ({
    value: () => 0,
    accuracy: () => 0,
    gradients: () => ({ gradients: new Map(), rows: c }),
  });
  const stepOn = (c: Rows) => ({ valid: linear(c), learningRate: 0.1 }) as unknown as BilevelStep;

  it('starts near uniform: entropy ln 8 = 2.0794 per decision (check G4)', () => {
    const { probabilities } = recipe.begin(sitesOf(8, 8), streams);
    for (const row of probabilities) {
      const entropy = row.reduce((sum, p) => sum - p * Math.log(p), 0);
      expect(entropy).toBeCloseTo(2.0794, 4);
      expect(new Set(row).size).toBe(8);
    }
    const zero = darts({ order: 1, radius: 0.01, alpha: { ...alpha, init: 0 } });
    expect([...(zero.begin(sitesOf(4), streams).probabilities[0] ?? [])]).toEqual([
      0.25, 0.25, 0.25, 0.25,
    ]);
  });

  it('gives weight to what lowers the validation loss, and mixes with the new α', () => {
    const relaxation = recipe.begin(sitesOf(3), streams);
    for (let i = 0; i < 2000; i++) relaxation.update?.(stepOn([Float64Array.of(0.2, -0.3, 0.1)]));
    const [p] = relaxation.probabilities;
    expect(p?.indexOf(Math.max(...(p ?? [])))).toBe(1);
    expect(relaxation.weightMixture(stepOn([]))).toEqual([{ support: [0, 1, 2], weights: p }]);
  });

  it('does not move where the loss does not depend on the mixture, but for decay', () => {
    const still = darts({ order: 1, radius: 0.01, alpha: { ...alpha, weightDecay: 0 } });
    const relaxation = still.begin(sitesOf(3), streams);
    const before = relaxation.probabilities;
    relaxation.update?.(stepOn([Float64Array.of(0.7, 0.7, 0.7)]));
    for (const [i, p] of (relaxation.probabilities[0] ?? []).entries()) {
      expect(p).toBeCloseTo(before[0]?.[i] as number, 3);
    }
  });

  it('clips the gradient of all decisions together, before the decay joins it (P-DARTS)', () => {
    // Adam divides by the size of the gradient: only against the decay does clipping show.
    const still = { ...alpha, init: 0 };
    const moved = (clip?: number, c = 40) => {
      const given = darts({ order: 1, radius: 0.01, alpha: { ...still, ...(clip && { clip }) } });
      const relaxation = given.begin(sitesOf(2, 2), streams);
      relaxation.update?.(stepOn([Float64Array.of(c, 0), Float64Array.of(0, -c)]));
      return (relaxation.state as unknown as { first: Rows }).first;
    };
    // ∂L/∂α = ±c/4 in all four entries: its norm is c/2 = 20, clipped to 5.
    for (const m of moved(5).flatMap((row) => [...row])) expect(Math.abs(m)).toBeCloseTo(1.25, 6);
    for (const m of moved().flatMap((row) => [...row])) expect(Math.abs(m)).toBeCloseTo(5, 6);
    expect(moved(5, 4)).toEqual(moved(undefined, 4));
  });

  it('goes on from its state as if it had never stopped', () => {
    const c = [Float64Array.of(0.2, -0.3, 0.1)];
    const straight = recipe.begin(sitesOf(3), streams);
    straight.update?.(stepOn(c));
    const saved = structuredClone(straight.state) as State;
    straight.update?.(stepOn(c));
    const resumed = recipe.begin(sitesOf(3), streams, saved);
    resumed.update?.(stepOn(c));
    expect(resumed.state).toEqual(straight.state);
  });
});

describe('strategy: { use: darts }', () => {
  const [strategy] = plugins;
  const expand = (options: object): Block => {
    if (!strategy || !('preset' in strategy)) throw new Error('darts is no preset');
    return strategy.preset(strategy.options.parse(options) as never);
  };

  it('is bilevel training of its relaxation; modifiers and training options pass through', () => {
    const alpha = { lr: 3e-4, beta1: 0.5, beta2: 0.999, weightDecay: 1e-3, init: 1e-3 };
    expect(expand({ order: 2, epochs: 5, with: [{ use: 'sdarts' }] })).toEqual({
      use: 'bilevel',
      epochs: 5,
      with: [{ use: 'sdarts' }],
      relaxation: { use: 'darts', order: 2, radius: 0.01, alpha },
    });
  });
});
