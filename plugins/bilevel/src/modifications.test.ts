import { createStreams } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import {
  type Batch,
  type BilevelStep,
  denseMixture,
  type Modifier,
  type RelaxationRecipe,
} from '@archer-nas/nn';
import type { Bits } from '@archer-nas/testkit';
import { expect, it } from 'vitest';
import { type BilevelViews, bilevel } from './bilevel.ts';
import { bilevelOptions } from './options.ts';
import { toyData, toyRelaxation, toyScales, toySpace } from './testing/toy-mixture.ts';
import { hooked, toySearch } from './testing/toy-search.ts';

const { signal } = new AbortController();
const begin = (
  modifiers: readonly Modifier[],
  options: object = {},
  relaxation: RelaxationRecipe = toyRelaxation,
) => toySearch({ modifiers, relaxation }, options);

it('completes the mixtures of both losses, which other hooks see without it', async () => {
  const given: (number | undefined)[] = [];
  const scaled = (scale: number) =>
    hooked({ mixture: (mixture) => mixture.map((row) => ({ ...row, scale })) });
  const look: Modifier = {
    weightMixture: (mixture, { train, valid }) => {
      given.push(mixture[0]?.scale);
      given.push(train.value(mixture), valid.value(mixture));
      return mixture;
    },
  };
  const losses = async (scale: number) => {
    const search = await begin([scaled(scale), look], { alphaFrom: 1 });
    given.length = 0;
    const { metrics } = await search.step(signal);
    search.dispose?.();
    return [...given, metrics?.loss];
  };
  const [one, half] = [await losses(1), await losses(0.5)];
  expect(one[0]).toBeUndefined();
  expect(one[1]).toBe(one[3]);
  for (const at of [1, 2, 3]) expect(half[at]).not.toBe(one[at]);
});

it('completes what studies look at as well', async () => {
  const scaled = hooked({ mixture: (mixture) => mixture.map((row) => ({ ...row, scale: 0.5 })) });
  const relaxation: RelaxationRecipe = {
    begin: (...given) => {
      const { probabilities, ...toy } = toyRelaxation.begin(...given);
      const gradient = () => probabilities;
      const point = { alpha: probabilities, weightDecay: 0, mixture: denseMixture, gradient };
      return { ...toy, probabilities, point };
    },
  };
  const search = await begin([scaled], {}, relaxation);
  const { relaxed } = search.views as BilevelViews<Bits>;
  expect(relaxed.mixture(relaxed.alpha).map(({ scale }) => scale)).toEqual([0.5, 0.5]);
  search.dispose?.();
});

it('refuses one that would learn from gradients which are never taken', async () => {
  const blind: RelaxationRecipe = { ...toyRelaxation, blind: true };
  await expect(async () => begin([toyScales], {}, blind)).rejects.toThrow(
    expect.objectContaining({ code: 'ARCHER_CAPABILITY' }),
  );
});

it('tells the slope of the validation loss by scales: that of finite differences', async () => {
  let scales = [1, 1];
  let told: Float64Array = new Float64Array();
  const numeric: number[] = [];
  const measure = hooked({
    mixture: (mixture) => mixture.map((row, at) => ({ ...row, scale: scales[at] as number })),
    update: (gradients) => {
      told = gradients.scales ?? told;
    },
  });
  const relaxation: RelaxationRecipe = {
    begin: (...given) => {
      const toy = toyRelaxation.begin(...given);
      const update = ({ valid }: BilevelStep) => {
        const mixture = toy.weightMixture({} as BilevelStep);
        for (const decision of [0, 1]) {
          const [plus, minus] = [1.0003, 0.9997].map((scale) => {
            scales = decision === 0 ? [scale, 1] : [1, scale];
            return valid.value(mixture);
          }) as [number, number];
          numeric.push((plus - minus) / 0.0006);
        }
        scales = [1, 1];
        valid.gradients(mixture, ['mixture']);
        return {};
      };
      return { ...toy, probabilities: toy.probabilities, state: null, update };
    },
  };
  const search = await begin([measure], {}, relaxation);
  await search.step(signal);
  for (const at of [0, 1]) expect(told[at]).toBeCloseTo(numeric[at] as number, 3);
  search.dispose?.();
});

it('moves modifiers when the relaxation moves, and not in the epochs before', async () => {
  const epochs: number[] = [];
  const search = await begin([hooked({ update: (_, { epoch }) => void epochs.push(epoch) })], {
    alphaFrom: 1,
  });
  for (let step = 0; step < 6; step++) await search.step(signal);
  expect(epochs).toEqual([1, 1, 1]);
  search.dispose?.();
});

it('tells one that asks what is kept of its rows as the modifiers after it leave them', async () => {
  const choose = (option: number) =>
    hooked({ scores: (p) => p.map((row) => row.map((_, i) => (i === option ? 1 : 0))) });
  const told = async (order: (asking: Modifier) => readonly Modifier[]) => {
    let answer: readonly string[] = [];
    const asking = hooked({
      scores: (p, kept) => {
        answer = kept(p);
        return p;
      },
    });
    const search = await begin(order(asking), { epochs: 1, alphaFrom: 0 });
    for (let step = 0; step < 3; step++) await search.step(signal);
    await search.result();
    search.dispose?.();
    return answer;
  };
  const first = await told((asking) => [asking, choose(0)]);
  const second = await told((asking) => [asking, choose(1)]);
  expect(second).toHaveLength(2);
  expect(second).not.toEqual(first);
  expect(await told((asking) => [choose(1), asking])).toEqual(second);
});

it('derives from what modifiers make of the probabilities, in their order', async () => {
  const choose = (option: number) =>
    hooked({ scores: (p) => p.map((row) => row.map((_, i) => (i === option ? 1 : 0))) });
  for (const order of [
    [0, 1],
    [1, 0],
  ]) {
    const search = await begin(order.map(choose));
    const [{ proposal } = { proposal: undefined }] = search.incumbents();
    expect(proposal?.architecture).toEqual([order[1], order[1]]);
    search.dispose?.();
  }
});

it('builds the supernet for the task that modifiers make of the given one', async () => {
  const asked: unknown[] = [];
  const space = toySpace();
  const parts = {
    ...{ data: toyData(), relaxation: toyRelaxation },
    space: {
      ...space,
      supernet: (task: Parameters<typeof space.supernet>[0]) => {
        asked.push(task);
        return space.supernet(task);
      },
    },
    modifiers: [
      { task: (task) => ({ ...task, partial: 2 }) },
      { task: (task) => ({ ...task, cells: task.partial ?? 0 }) },
    ] satisfies Modifier[],
  };
  const search = await bilevel<Bits>(bilevelOptions.parse({}), parts).begin({
    streams: createStreams(5),
  });
  expect(asked).toEqual([{ classes: 2, image: toyData().image, partial: 2, cells: 2 }]);
  search.dispose?.();
});

it('has what modifiers learn in its state', async () => {
  const search = await begin([toyScales], { epochs: 6 });
  for (let step = 0; step < 18; step++) await search.step(signal);
  const { course } = search.state as unknown as {
    course: { training: { modifications: [{ rows: [Float64Array] }] } };
  };
  for (const scale of course.training.modifications[0].rows[0]) expect(scale).not.toBe(1);
  search.dispose?.();
});

it('trains on the batches of both splits that modifiers make, and frees what was read', async () => {
  const asked: string[] = [];
  const dark = hooked({
    batch: (batch, { step, split }) => {
      asked.push(`${split} ${step}`);
      const { images, ...rest } = batch as Batch;
      const black = tf.zerosLike(images);
      return { ...rest, images: black, dispose: () => tf.dispose([images, black]) } as Batch;
    },
  });
  const lossOf = async (modifiers: readonly Modifier[]) => {
    const search = await begin(modifiers);
    const { metrics } = await search.step(signal);
    const { numTensors } = tf.memory();
    await search.step(signal);
    expect(tf.memory().numTensors).toBe(numTensors);
    search.dispose?.();
    return metrics?.loss;
  };
  expect(await lossOf([dark])).not.toBe(await lossOf([]));
  expect(asked).toEqual(['valid 0', 'train 0', 'valid 1', 'train 1']);
});
