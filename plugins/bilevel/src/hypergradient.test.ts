import type { tf } from '@archer-nas/engine';
import {
  type BilevelStep,
  conv2d,
  denseMixture,
  type Gate,
  type Gradients,
  globalAveragePool,
  linear,
  type Modifier,
  type Rows,
  site,
} from '@archer-nas/nn';
import { expect, it } from 'vitest';
import { flat, looking, toySearch } from './testing/toy-search.ts';

const { signal } = new AbortController();

/** The toy's supernet with nothing that differences trip over: no ReLU and no batch norm. */
const smooth: Modifier = {
  network: (network) => ({
    ...network,
    forward(images, gates, forward) {
      let x = conv2d(images, forward, 'stem', { outputs: 2, kernel: 1 });
      network.sites.forEach(({ name }, at) => {
        const conv = (map: tf.Tensor4D) =>
          conv2d(map, forward, `${name}.conv`, { outputs: 2, kernel: 3, padding: 1 });
        x = site(x, gates[at] as Gate, [(map) => map, conv], forward) as tf.Tensor4D;
      });
      return linear(globalAveragePool(x, forward), forward, 'classifier', network.classes);
    },
  }),
};

/** Every option as it is, but the first decision's convolution times p. */
const mixtureAt = (p: number) => denseMixture([Float64Array.of(1, p), Float64Array.of(1, 1)]);
const byP = (rows: Rows): number => rows[0]?.[1] ?? Number.NaN;

/** w'(p), one step of the weights from w. */
const ahead = ({ train, weights }: BilevelStep, p: number) =>
  weights.afterStep(train.gradients(mixtureAt(p), ['weights']).gradients);

/** d L_val(w'(p), p) / dp at p = 1, by differences. */
function totalDerivative(step: BilevelStep): number {
  const loss = (p: number) => step.valid.value(mixtureAt(p), { at: ahead(step, p) });
  return (loss(1.01) - loss(0.99)) / 0.02;
}

/** ξ ∇²_{p,w} L_train(w, p) · v at p = 1, by differences in w. */
function implicitTerm({ train, weights }: BilevelStep, v: Gradients): number {
  const epsilon = 0.01 / Math.hypot(...flat(v));
  const slope = (factor: number) =>
    byP(train.gradients(mixtureAt(1), ['mixture'], { at: weights.moved(v, factor) }).rows);
  return (weights.rate * (slope(epsilon) - slope(-epsilon))) / (2 * epsilon);
}

it.each([false, true])(
  'what a step offers makes the total derivative through w′, Nesterov %s',
  async (nesterov) => {
    const found: number[][] = [];
    const look = looking((_, step) => {
      const at = ahead(step, 1);
      const { rows, gradients } = step.valid.gradients(mixtureAt(1), ['weights', 'mixture'], {
        at,
      });
      found.push([totalDerivative(step), byP(rows), implicitTerm(step, gradients)]);
    });
    const options = { lr: 0.5, alphaFrom: 1, nesterov };
    const search = await toySearch({ modifiers: [smooth, look] }, options);
    for (let step = 0; step < 2; step++) await search.step(signal); // the second with momentum
    for (const [total = 0, direct = 0, implicit = 0] of found) {
      expect(Math.abs(total - direct)).toBeGreaterThan(0.01);
      expect(direct - implicit).toBeCloseTo(total, 4);
    }
    expect(found).toHaveLength(2);
    search.dispose?.();
  },
);
