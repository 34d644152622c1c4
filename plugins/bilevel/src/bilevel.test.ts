import { createStreams, type State } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import {
  batchReader,
  denseMixture,
  type Modifier,
  type Relaxation,
  type RelaxationRecipe,
  type Rows,
} from '@archer-nas/nn';
import type { Bits } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';
import { type BilevelViews, bilevel } from './bilevel.ts';
import { bilevelOptions } from './options.ts';
import { toyData, toyRelaxation, toySpace } from './testing/toy-mixture.ts';

/** The part of a search's state that these tests look into. */
interface Saved {
  readonly course: { readonly training: Readonly<Record<string, State>> };
}

describe('bilevel', () => {
  const { signal } = new AbortController();
  const parts = (other: object = {}) => ({
    ...{ space: toySpace(), data: toyData(), relaxation: toyRelaxation, modifiers: [] },
    ...other,
  });
  const begin = (changes: object = {}, other: object = {}) =>
    bilevel<Bits>(bilevelOptions.parse({ epochs: 3, ...changes }), parts(other)).begin({
      streams: createStreams(5),
    });

  it('begins with the weights of another search, and with an α of its own', async () => {
    const of = (search: { state: State }) => (search.state as unknown as Saved).course.training;
    const first = await begin();
    for (let step = 0; step < 4; step++) await first.step(signal);
    const weights = first.views.supernet?.parameters.state as State;
    const strategy = bilevel<Bits>(bilevelOptions.parse({ epochs: 1 }), parts());
    expect(strategy.takesWeights).toBe(true);
    const second = await strategy.begin({ streams: createStreams(6), weights });
    const drawn = await strategy.begin({ streams: createStreams(6) });
    expect(of(second)).toEqual({ ...of(drawn), parameters: weights });
    await second.step(signal);
    const saved = second.state;
    expect(of(second).parameters).not.toEqual(weights);
    // Resumed, it has its own, whatever it once began with.
    const resumed = await strategy.begin({ streams: createStreams(6), weights }, saved);
    expect(resumed.state).toEqual(saved);
    for (const search of [first, second, drawn, resumed]) search.dispose?.();
  });

  it('counts a step per train batch and derives an architecture after each epoch', async () => {
    const search = await begin();
    expect(search.progress).toEqual({ done: 0, total: 9, unit: 'step' });
    const reports = [];
    for (let step = 0; step < 9; step++) reports.push(await search.step(signal));
    const told = reports.flatMap(({ proposals = [] }, step) =>
      proposals.map(({ id }) => [step, id]),
    );
    expect(told).toEqual([
      [2, 'epoch-1'],
      [5, 'epoch-2'],
      [8, 'epoch-3'],
    ]);
    expect(search.views.trajectory).toEqual(
      reports.flatMap(({ proposals = [] }) => proposals.map(({ architecture }) => architecture)),
    );
    search.dispose?.();
  });

  it('has the schedule of DARTS: constant in an epoch, from lr towards minLr', async () => {
    const search = await begin();
    const rates = [];
    for (let step = 0; step < 9; step++) rates.push((await search.step(signal)).metrics?.lr);
    const second = 0.001 + (0.024 * (1 + Math.cos(Math.PI / 3))) / 2;
    expect(rates.slice(0, 3)).toEqual([0.025, 0.025, 0.025]);
    expect(rates[3]).toBeCloseTo(second, 12);
    search.dispose?.();
  });

  it('leaves the relaxation alone before alphaFrom', async () => {
    const search = await begin({ alphaFrom: 1 });
    const updates = [];
    for (let step = 0; step < 6; step++) updates.push((await search.step(signal)).metrics?.updated);
    expect(updates).toEqual([undefined, undefined, undefined, 1, 2, 3]);
    search.dispose?.();
  });

  it.each([
    ['alpha', ['update', 'weights']],
    ['weights', ['weights', 'update']],
  ])('moves %s first when told so', async (first, expected) => {
    const order: string[] = [];
    const relaxation: RelaxationRecipe = {
      begin: (...given): Relaxation => {
        const toy = toyRelaxation.begin(...given);
        return {
          ...toy,
          get probabilities() {
            return toy.probabilities;
          },
          get state() {
            return toy.state;
          },
          update: () => ({ x: order.push('update') }),
          weightMixture: (at) => {
            order.push('weights');
            return toy.weightMixture(at);
          },
        };
      },
    };
    const search = await begin({ first }, { relaxation });
    await search.step(signal);
    expect(order).toEqual(expected);
    search.dispose?.();
  });

  it('applies modifiers in the order of the manifest', async () => {
    const seen: number[][] = [];
    const shift = (by: number): Modifier => ({
      weightMixture: (mixture) => {
        seen.push([...(mixture[0]?.weights ?? [])]);
        return mixture.map((row) => ({ ...row, weights: Float64Array.of(by, 1 - by) }));
      },
    });
    const search = await begin({ alphaFrom: 1 }, { modifiers: [shift(0.25), shift(0.75)] });
    await search.step(signal);
    expect(seen).toEqual([
      [0.5, 0.5],
      [0.25, 0.75],
    ]);
    search.dispose?.();
  });

  it('never changes weights or statistics by looking, and leaves no tensor behind', async () => {
    let looked = 0;
    const look: Modifier = {
      runningStatistics: true,
      weightMixture: (mixture, { train, valid, weights }) => {
        const before = search.state;
        const { gradients } = train.gradients(mixture, ['weights', 'mixture']);
        const at = weights.afterStep(gradients);
        valid.gradients(mixture, ['mixture'], { at });
        valid.value(mixture, { at: weights.moved(gradients, 0.5), batchNorm: 'running' });
        // The first look at statistics makes those of PyTorch's beginning.
        if (looked > 0) expect(search.state).toEqual(before);
        looked += 1;
        return mixture;
      },
    };
    const search = await begin({}, { modifiers: [look] });
    await search.step(signal);
    const { numTensors } = tf.memory();
    for (let step = 0; step < 4; step++) {
      await search.step(signal);
      expect(tf.memory().numTensors).toBe(numTensors);
    }
    expect(looked).toBe(5);
    search.dispose?.();
  });

  it('evaluates at the values that a modifier asks for', async () => {
    const seen: number[] = [];
    const look: Modifier = {
      weightMixture: (mixture, { train, weights, learningRate }) => {
        const { gradients } = train.gradients(mixture, ['weights']);
        const down = train.value(mixture, { at: weights.moved(gradients, -learningRate) });
        seen.push(
          train.value(mixture),
          train.value(mixture, { at: weights.moved(gradients, 0) }),
          down,
        );
        expect(train.value(denseMixture(mixture.map(() => Float64Array.of(0, 1))))).not.toBe(
          seen[0],
        );
        return mixture;
      },
    };
    const search = await begin({ alphaFrom: 1 }, { modifiers: [look] });
    await search.step(signal);
    const [here, same, down] = seen as [number, number, number];
    expect(same).toBe(here);
    expect(down).toBeLessThan(here);
    search.dispose?.();
  });

  it('reads valid images only where something looks at them', async () => {
    let opened = 0;
    const data = { ...toyData(), open: toyData().open };
    const counting = {
      ...data,
      open: (name: 'train' | 'valid') => {
        const split = data.open(name);
        const read: typeof split.read = (...given) => {
          if (name === 'valid') opened += 1;
          return split.read(...given);
        };
        return { ...split, read };
      },
    };
    const search = await begin({ alphaFrom: 1 }, { data: counting });
    for (let step = 0; step < 3; step++) await search.step(signal);
    expect(opened).toBe(0);
    await search.step(signal);
    expect(opened).toBeGreaterThan(0);
    search.dispose?.();
  });

  it('shows a relaxation the gradient of what it trained, from the same batch', async () => {
    const seen: (readonly [Rows, Rows])[] = [];
    const observing: RelaxationRecipe = {
      trainOnly: true,
      begin: (...given): Relaxation => {
        const { probabilities, state } = toyRelaxation.begin(...given);
        let expected: Rows = [];
        return {
          probabilities,
          state,
          weightMixture: ({ train, valid }) => {
            const mixture = denseMixture(probabilities);
            expect(valid).toBe(train);
            expected = train.gradients(mixture, ['mixture']).rows;
            return mixture;
          },
          observe: (rows) => {
            seen.push([rows, expected]);
            return { observed: 1 };
          },
        };
      },
    };
    const parts = { relaxation: observing, data: toyData(['train']) };
    const search = await begin({ alphaFrom: 1, epochs: 2 }, parts);
    const observed = [];
    for (let i = 0; i < 6; i++) observed.push((await search.step(signal)).metrics?.observed);
    expect(observed).toEqual([undefined, undefined, undefined, 1, 1, 1]);
    for (const [rows, expected] of seen) expect(rows).toEqual(expected);
    search.dispose?.();
  });

  it('shows a relaxation the gradient of its own mixture, whatever the weights train', async () => {
    const seen: Rows[] = [];
    const observing: RelaxationRecipe = {
      begin: (...given): Relaxation => {
        const { probabilities, state } = toyRelaxation.begin(...given);
        const weightMixture = () => denseMixture(probabilities);
        const observe = (rows: Rows) => {
          seen.push(rows);
          return {};
        };
        return { probabilities, state, weightMixture, observe };
      },
    };
    const perturbed: Modifier = {
      weightMixture: (mixture) =>
        mixture.map((row) => ({ ...row, weights: Float64Array.of(0.9, 0.1) })),
    };
    const losses: unknown[] = [];
    for (const modifiers of [[], [perturbed]]) {
      const search = await begin({}, { relaxation: observing, modifiers });
      losses.push((await search.step(signal)).metrics?.loss);
      search.dispose?.();
    }
    expect(losses[1]).not.toBe(losses[0]);
    expect(seen[1]).toEqual(seen[0]);
  });

  it("shows the gradient by α on a batch, which stays the caller's", async () => {
    const relaxation: RelaxationRecipe = {
      begin: (...given): Relaxation => ({
        ...toyRelaxation.begin(...given),
        point: {
          alpha: [Float64Array.of(0.5, 0.5), Float64Array.of(0.5, 0.5)],
          weightDecay: 0,
          mixture: denseMixture,
          gradient: (alpha, loss) => loss.gradients(denseMixture(alpha), ['mixture']).rows,
        },
      }),
    };
    const search = await begin({}, { relaxation });
    const data = toyData();
    const batch = batchReader(data, data.open('valid')).plain(Int32Array.of(0, 1));
    const { numTensors } = tf.memory();
    const { relaxed } = search.views as BilevelViews<Bits>;
    const first = relaxed.gradientAt(relaxed.alpha, batch);
    expect(relaxed.gradientAt(relaxed.alpha, batch)).toEqual(first);
    expect(first.flatMap((row) => [...row]).some((value) => value !== 0)).toBe(true);
    expect(tf.memory().numTensors).toBe(numTensors);
    batch.dispose();
    search.dispose?.();
  });

  it('refuses an architecture that would begin to learn after the last epoch', async () => {
    await expect(async () => begin({ alphaFrom: 3 })).rejects.toThrow(
      expect.objectContaining({ code: 'ARCHER_NEVER_LEARNS' }),
    );
  });

  it('needs images that the weights do not see', () => {
    expect(() => begin({}, { data: toyData(['train']) })).toThrow(
      expect.objectContaining({
        code: 'ARCHER_SPLIT_MISSING',
        hint: expect.stringContaining('halves'),
      }),
    );
  });
});
