import { createStreams } from '@archer-nas/core';
import type { BatchLoss, BilevelStep, LossOptions, Mixture, Rows } from '@archer-nas/nn';
import { describe, expect, it } from 'vitest';
import plugin from './index.ts';
import { clipToSimplex } from './projection.ts';
import { ascended, inSpace, radiusAt, type SdartsOptions, sdarts, uniformNoise } from './sdarts.ts';

const paper: SdartsOptions = {
  mode: 'adv',
  epsilon: { from: 0.03, to: 0.3 },
  steps: 7,
  norm: 'inf',
  projection: 'released',
  attackBatchNorm: 'running',
};
const row = (...values: number[]): Rows => [Float64Array.from(values)];
const expectRow = (rows: Rows, values: readonly number[], digits = 6): void => {
  expect(rows[0]).toHaveLength(values.length);
  for (const [i, value] of values.entries()) expect(rows[0]?.[i]).toBeCloseTo(value, digits);
};

describe('R39 the radius (check A)', () => {
  it.each([
    [0, 50, 0.03],
    [1, 50, 0.0354],
    [10, 50, 0.084],
    [25, 50, 0.165],
    [49, 50, 0.2946],
    [99, 100, 0.2973],
  ])('of epoch %i of %i is %f', (epoch, epochs, radius) => {
    expect(radiusAt({ epoch, epochs }, paper.epsilon)).toBeCloseTo(radius, 12);
  });
});

describe('R39 rows as probabilities (check B)', () => {
  it.each([
    [
      [0.6, 0.25, 0.1],
      [0.6315789, 0.2631579, 0.1052632],
    ],
    [
      [-0.15, 1.15, 0.07],
      [0, 0.9345794, 0.0654206],
    ],
    [
      [-0.1, -0.05, -0.2],
      [0, 1, 0],
    ],
  ])('of %j are %j', (given, expected) => {
    expectRow(clipToSimplex(row(...given)), expected, 7);
  });
});

describe('R39 the ascent on a linear loss, without random start (check C)', () => {
  const clean = row(0.5, 0.3, 0.2);
  const epsilon = 0.1;
  const attack = (gradient: (p: Rows) => Rows, steps: number, centre = clean, radius = epsilon) => {
    let p = centre;
    for (let step = 0; step < steps; step++) {
      p = inSpace(ascended(p, gradient(p), (2 * radius) / 7, 'inf'), centre, radius, paper);
    }
    return p;
  };

  it.each([
    [[1, 0, -1], [0.528571, 0.3, 0.171429], [0.6, 0.3, 0.1], 0.2],
    [[1, 1, -1], [0.513889, 0.319444, 0.166667], [0.52773, 0.377816, 0.094454], 0.211092],
    [[1, -1, -1], [0.544118, 0.279412, 0.176471], [0.666667, 0.222222, 0.111111], 0.333333],
  ])('c = %j: one step, seven, and what they gain', (c, one, seven, gain) => {
    expectRow(
      attack(() => row(...c), 1),
      one,
    );
    const attacked = attack(() => row(...c), 7);
    expectRow(attacked, seven);
    const moved = c.map((ci, i) => ci * ((attacked[0]?.[i] ?? 0) - (clean[0]?.[i] ?? 0)));
    expect(moved.reduce((a, b) => a + b)).toBeCloseTo(gain, 6);
  });

  it('on ½‖p − (.3, .3, .4)‖² raises it from 0.04 to 0.082829', () => {
    const target = [0.3, 0.3, 0.4];
    const gradient = ([p]: Rows): Rows => [
      Float64Array.from(p ?? [], (v, i) => v - (target[i] as number)),
    ];
    const loss = ([p]: Rows) =>
      [...(p ?? [])].reduce((sum, v, i) => sum + (v - (target[i] as number)) ** 2, 0) / 2;
    const attacked = attack(gradient, 7);
    expectRow(attacked, [0.565695, 0.340023, 0.094282]);
    expect(loss(clean)).toBeCloseTo(0.04, 12);
    expect(loss(attacked)).toBeCloseTo(0.082829, 6);
  });

  it('against the winner of a nearly discrete row with ε = 0.3', () => {
    const centre = row(0.97, 0.02, 0.01);
    expectRow(
      attack(() => row(-1, 1, 1), 7, centre, 0.3),
      [0.515385, 0.246154, 0.238462],
    );
  });

  it('can make a uniform row of eight one-hot with ε = 0.3: it moves by 0.875 (section 5)', () => {
    const uniform = row(...Array(8).fill(1 / 8));
    const attacked = attack(() => row(1, -1, -1, -1, -1, -1, -1, -1), 7, uniform, 0.3);
    expectRow(attacked, [1, 0, 0, 0, 0, 0, 0, 0], 12);
  });

  it('may leave the ball by the normalisation, but not when strict', () => {
    const c = () => row(1, -1, -1);
    const released = attack(c, 7);
    expect((released[0]?.[0] as number) - 0.5).toBeCloseTo(0.1666667, 6);
    const strict = inSpace(row(0.9, 0.05, 0.05), clean, epsilon, {
      norm: 'inf',
      projection: 'strict',
    });
    expect(
      Math.max(...(strict[0]?.map((v, i) => Math.abs(v - (clean[0]?.[i] as number))) ?? [])),
    ).toBeLessThanOrEqual(0.1 + 1e-12);
    expect(strict[0]?.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
  });

  it('in the 2-norm goes along the gradient and stays within ε of the row', () => {
    expectRow(ascended(clean, row(3, 0, -4), 0.1, '2'), [0.56, 0.3, 0.12], 12);
    const options = { norm: '2', projection: 'strict' } as const;
    const p = inSpace(row(0.9, 0.2, -0.1), clean, epsilon, options);
    expect(
      Math.hypot(...(p[0]?.map((v, i) => v - (mixture[0]?.weights?.[i] as number)) ?? [])),
    ).toBeLessThanOrEqual(0.1 + 1e-12);
  });
});

/** A step whose train loss is c·p of the first row; notes how it was asked. */
function stepOn(c: readonly number[], epoch = 49) {
  const asked: LossOptions[] = [];
  let passes = 0;
  const dot = (mixture: Mixture) =>
    c.reduce((sum, ci, i) => sum + ci * (mixture[0]?.weights?.[i] as number), 0);
  const train: BatchLoss = {
    accuracy: () => 0,
    value: (mixture, options = {}) => {
      asked.push(options);
      return dot(mixture);
    },
    gradients: (_, by, options = {}) => {
      expect(by).toEqual(['mixture']);
      asked.push(options);
      passes += 1;
      return { gradients: new Map(), rows: [Float64Array.from(c)] };
    },
  };
  const streams = createStreams(1);
  const step = { step: 3, epoch, epochs: 50, streams, train } as unknown as BilevelStep;
  return { step, asked, dot, passes: () => passes };
}

const mixture: Mixture = [{ support: [0, 1, 2], weights: Float64Array.of(0.5, 0.3, 0.2) }];

describe('SDARTS-ADV', () => {
  it('raises the loss, in seven passes with running statistics, and leaves p as it was', () => {
    const { step, asked, dot, passes } = stepOn([1, 0, -1]);
    const attacked = sdarts(paper).weightMixture(mixture, step);
    expect(dot(attacked)).toBeGreaterThan(dot(mixture) + 0.2);
    expect(passes()).toBe(7);
    expect(asked).toHaveLength(9);
    expect(asked.every(({ batchNorm }) => batchNorm === 'running')).toBe(true);
    expect([...(mixture[0]?.weights ?? [])]).toEqual([0.5, 0.3, 0.2]);
    expect(sdarts(paper).runningStatistics).toBe(true);
  });

  it('ends near (.6, .3, .1) on c = (1, 0, −1), ε = 0.1, whatever it starts from (check C)', () => {
    const options = { ...paper, epsilon: { from: 0.1, to: 0.1 } };
    const { step } = stepOn([1, 0, -1]);
    for (let at = 0; at < 20; at++) {
      const [attacked] = sdarts(options).weightMixture(mixture, { ...step, step: at });
      expect(Math.abs((attacked?.weights?.[0] as number) - 0.6)).toBeLessThan(0.05);
      expect(Math.abs((attacked?.weights?.[2] as number) - 0.1)).toBeLessThan(0.05);
    }
  });

  it('moves by 2ε/7 = 0.0857143 per step where ε = 0.3 (check A)', () => {
    const { step } = stepOn([1, 0, -1]);
    const seen: number[] = [];
    const { gradients } = step.train;
    const train: BatchLoss = {
      ...step.train,
      gradients: (at, ...rest) => {
        seen.push(at[0]?.weights?.[0] as number);
        return gradients(at, ...rest);
      },
    };
    const options = { ...paper, epsilon: { from: 0.3, to: 0.3 } };
    sdarts(options).weightMixture(mixture, { ...step, train });
    expect((seen[1] as number) - (seen[0] as number)).toBeCloseTo(0.0857143, 7);
  });

  it('keeps the clean mixture where the attack has helped', () => {
    // The gradient points the wrong way: the loss falls.
    const { step } = stepOn([1, 0, -1]);
    const wrong = {
      ...step,
      train: { ...step.train, gradients: () => ({ gradients: new Map(), rows: row(-1, 0, 1) }) },
    };
    const attacked = sdarts(paper).weightMixture(mixture, wrong);
    expect(attacked).toEqual(mixture);
  });

  it('changes p by rounding only where ε is 0 (check F)', () => {
    const { step } = stepOn([1, 0, -1]);
    const none = { ...paper, epsilon: { from: 0, to: 0 } };
    const [attacked] = sdarts(none).weightMixture(mixture, step);
    expectRow([attacked?.weights as Float64Array], [0.5, 0.3, 0.2], 12);
  });

  it('starts in the ball of its norm, and stays in it where that is strict', () => {
    const { step } = stepOn([1, 0, -1]);
    const within = { ...paper, norm: '2', projection: 'strict' } as const;
    const seen: number[] = [];
    const gradients: BatchLoss['gradients'] = (at) => {
      const delta = Array.from(
        at[0]?.weights ?? [],
        (v, i) => v - (mixture[0]?.weights?.[i] as number),
      );
      seen.push(Math.hypot(...delta));
      return { gradients: new Map(), rows: row(1, 0, -1) };
    };
    const radius = radiusAt(step, paper.epsilon);
    for (let at = 0; at < 50; at++) {
      const { weightMixture } = sdarts(within);
      weightMixture(mixture, { ...step, step: at, train: { ...step.train, gradients } });
    }
    expect(seen).toHaveLength(350);
    expect(Math.max(...seen)).toBeLessThanOrEqual(radius + 1e-12);
  });

  it('uses the gradients of supported options only', () => {
    const part: Mixture = [{ support: [2, 0], weights: Float64Array.of(0.5, 0.5) }];
    const { step } = stepOn([1, 100, -1]);
    const [attacked] = sdarts(paper).weightMixture(part, {
      ...step,
      train: { ...step.train, value: () => 0 },
    });
    expect(attacked?.support).toEqual([2, 0]);
    expect(attacked?.weights?.[1]).toBeGreaterThan(attacked?.weights?.[0] as number);
  });
});

describe('SDARTS-RS', () => {
  const rs = { ...paper, mode: 'rs' } as const;

  it('adds noise within ε and makes rows probabilities, without any pass', () => {
    const { step, asked } = stepOn([1, 0, -1], 0);
    const [smoothed] = sdarts(rs).weightMixture(mixture, step);
    const weights = smoothed?.weights ?? new Float64Array();
    expect(asked).toEqual([]);
    expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    const delta = Array.from(weights, (v, i) => Math.abs(v - (mixture[0]?.weights?.[i] as number)));
    expect(Math.max(...delta)).toBeGreaterThan(1e-3);
    expect(Math.max(...delta)).toBeLessThan(2 * 0.03);
    expect(sdarts(rs).runningStatistics).toBe(false);
  });

  it('draws from the box, whatever the norm of attacks is', () => {
    const { step } = stepOn([1, 0, -1]);
    const smoothed = sdarts({ ...rs, norm: '2' }).weightMixture(mixture, step);
    expect(smoothed).toEqual(sdarts(rs).weightMixture(mixture, step));
  });

  it('draws anew at each step, and the same at the same step', () => {
    const { step } = stepOn([1, 0, -1]);
    const at = (number: number) => sdarts(rs).weightMixture(mixture, { ...step, step: number });
    expect(at(3)).toEqual(at(3));
    expect(at(3)).not.toEqual(at(4));
  });

  it('adds ε²/6 tr H to a quadratic loss: 0.03 for H = [[4, 1], [1, −2]], ε = 0.3 (check D)', () => {
    const n = 40_000;
    const zeros = Array.from({ length: n }, () => new Float64Array(2));
    const noise = uniformNoise(zeros, 0.3, createStreams(2).stream('moments'));
    const loss = ([x = 0, y = 0]: Float64Array) => 0.5 * (4 * x * x + 2 * x * y - 2 * y * y);
    const sum = noise.reduce((total, delta) => total + loss(delta), 0);
    expect(Math.abs(sum / n - 0.03)).toBeLessThan(0.002);
  });
});

it('refuses weights that are no probabilities', () => {
  const { step } = stepOn([1, 0, -1]);
  const factors = [{ support: [0, 1], weights: Float64Array.of(0.9, 0.8) }];
  for (const mode of ['rs', 'adv'] as const) {
    expect(() => sdarts({ ...paper, mode }).weightMixture(factors, step)).toThrow(
      'the weights of decision 0 sum to 1.7',
    );
  }
});

it('refuses to perturb single paths, and says what to use', () => {
  const { step } = stepOn([1, 0, -1]);
  expect(() => sdarts(paper).weightMixture([{ support: [1] }], step)).toThrow(
    expect.objectContaining({ code: 'ARCHER_NO_MIXTURE', hint: expect.stringContaining('darts') }),
  );
});

it('has the defaults of the paper', () => {
  expect(plugin.options.parse({ mode: 'adv' })).toEqual(paper);
});
