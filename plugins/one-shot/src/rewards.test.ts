import { createStreams, type Evaluation, type SamplerRecipe } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { batchReader, evaluateAccuracy, type Network, pathGates } from '@archer-nas/nn';
import type { Bits } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';
import { oneShot } from './one-shot.ts';
import { oneShotOptions } from './options.ts';
import { shuffledOrder } from './shuffle.ts';
import { toyData, toySearch, toySpace } from './testing/toy-supernet.ts';
import { uniformPaths } from './uniform.ts';
import type { OneShotViews } from './views.ts';

type Told = Pick<Evaluation<Bits>, 'status' | 'metrics'> & { readonly architecture: Bits };

/** Proposes the four architectures in turn; notes what it is asked for and told. */
function cycling(): { recipe: SamplerRecipe; told: Told[]; ends: number[] } {
  const told: Told[] = [];
  const ends: number[] = [];
  return {
    told,
    ends,
    recipe: {
      begin: ({ space }, saved) => {
        let proposed = (saved as { readonly proposed: number } | undefined)?.proposed ?? 0;
        return {
          propose: (n) =>
            Array.from({ length: n }, () => {
              const at = proposed++;
              const architecture = space.fromChoices?.([(at >> 1) % 2, at % 2]);
              return { id: `${at}`, architecture: architecture as never };
            }),
          observe: (evaluations) => {
            for (const { proposal, status, metrics } of evaluations) {
              told.push({ architecture: proposal.architecture as Bits, status, metrics });
            }
          },
          advance: ({ done }) => {
            ends.push(told.length, done);
            return {};
          },
          get state() {
            return { proposed };
          },
        };
      },
    },
  };
}

/** Ten train images in batches of four: three steps per epoch. */
const data = toyData();
const { signal } = new AbortController();

const begin = (recipe: SamplerRecipe | typeof uniform, changes: object = {}) => {
  const options = oneShotOptions.parse({ epochs: 2, ...changes });
  const parts = { space: toySpace(), data, paths: recipe, order: shuffledOrder };
  return oneShot(options, parts).begin({ streams: createStreams(3) });
};
const uniform = uniformPaths();

describe('paths that are architectures of a sampler', () => {
  it('are trained one per step, or several together', async () => {
    for (const together of [1, 2]) {
      const { recipe, told } = cycling();
      const search = await begin(recipe, { together });
      await search.step(signal);
      expect(told.map(({ status }) => status)).toEqual(Array(together).fill('partial'));
      expect(told.map(({ architecture }) => architecture)).toEqual(
        [
          [0, 0],
          [0, 1],
        ].slice(0, together),
      );
      expect(told[0]?.metrics.loss).toBeGreaterThan(0);
      search.dispose?.();
    }
  });

  it('learn after every epoch, from rounds of rewards, and then hear of its end', async () => {
    const { recipe, told, ends } = cycling();
    const search = await begin(recipe, { rewards: { rounds: 2, paths: 3, batch: 2 } });
    expect(search.progress.total).toBe(2 * (3 + 2));
    for (let step = 0; step < 10; step++) await search.step(signal);
    const epoch = [...Array(3).fill('partial'), ...Array(6).fill('final')];
    expect(told.map(({ status }) => status)).toEqual([...epoch, ...epoch]);
    expect(ends).toEqual([9, 1, 18, 2]);
    search.dispose?.();
  });
});

describe('a round of rewards', () => {
  it('is the accuracy of each path with the shared weights on a minibatch of its own', async () => {
    const { recipe, told } = cycling();
    const search = await begin(recipe, { rewards: { rounds: 1, paths: 3, batch: 2 } });
    for (let step = 0; step < 3; step++) await search.step(signal);
    const { network, parameters, path } = (search.views as OneShotViews<Bits>).supernet;
    // Six valid images in batches of two: the round goes through them once, in a random order.
    const shuffled = createStreams(3)
      .stream('reward-images', 0)
      .shuffle(Int32Array.from([0, 1, 2, 3, 4, 5]));
    const reader = batchReader(data, data.open('valid'));
    const report = await search.step(signal);
    const rewards = told.slice(3);
    rewards.forEach(({ architecture, metrics }, at) => {
      const index = shuffled.slice(2 * at, 2 * at + 2);
      const images = {
        size: 2,
        plain: () => reader.plain(index),
        augmented: () => reader.plain(index),
      };
      const gates = pathGates(path(architecture));
      const expected = evaluateAccuracy(network as Network, parameters, gates, images, {
        batch: 2,
      });
      expect(metrics.accuracy).toBe(expected);
    });
    const mean = rewards.reduce((sum, { metrics }) => sum + (metrics.accuracy as number), 0) / 3;
    expect(report.metrics?.reward).toBeCloseTo(mean, 12);
    search.dispose?.();
  });

  it('changes no weight, and leaves the training as it is without', async () => {
    const { recipe } = cycling();
    const scored = await begin(recipe, { epochs: 1, rewards: { rounds: 4, paths: 2, batch: 2 } });
    const plain = await begin(cycling().recipe, { epochs: 1 });
    const weights = (search: typeof plain) =>
      (search.state as { training: { parameters: object } }).training.parameters;
    const tensors = tf.memory().numTensors;
    for (let step = 0; step < 7; step++) await scored.step(signal);
    for (let step = 0; step < 3; step++) await plain.step(signal);
    expect(weights(scored)).toEqual(weights(plain));
    const velocities = tf.memory().numTensors - tensors;
    for (let step = 0; step < 4; step++) await scored.step(signal);
    expect(tf.memory().numTensors - tensors).toBe(velocities);
    scored.dispose?.();
    plain.dispose?.();
  });
});

it('shows how many architectures were judged: rewarded, and scored at the end', async () => {
  const { recipe } = cycling();
  const changes = {
    epochs: 2,
    rewards: { rounds: 2, paths: 3, batch: 2 },
    selection: { architectures: 4 },
  };
  const search = await begin(recipe, changes);
  const { candidates } = search.views as OneShotViews<Bits>;
  const judged: number[] = [];
  for (let step = 0; step < 2 * (3 + 2) + 4; step++) {
    await search.step(signal);
    judged.push(candidates.judged());
  }
  expect(judged).toEqual([0, 0, 0, 3, 6, 6, 6, 6, 9, 12, 13, 14, 15, 16]);
  search.dispose?.();
});

describe('a selection', () => {
  const selecting = {
    epochs: 1,
    selection: { architectures: 5 },
    evaluation: { searchBatches: 1, batch: 4 },
  };

  it('scores what the sampler proposes after the training, from which it learns no more', async () => {
    const { recipe, told } = cycling();
    const search = await begin(recipe, selecting);
    expect(search.progress.total).toBe(3 + 5);
    const found: Evaluation<Bits>[] = [];
    while (search.progress.done < search.progress.total) {
      found.push(...(((await search.step(signal)).evaluations ?? []) as Evaluation<Bits>[]));
    }
    // Three went into the training.
    const proposed = [
      [1, 1],
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ];
    expect(found.map(({ proposal }) => proposal.architecture)).toEqual(proposed);
    expect(found.map(({ status }) => status)).toEqual(Array(5).fill('final'));
    expect(told.slice(3).map(({ status }) => status)).toEqual(Array(5).fill('partial'));
    const accuracies = found.map(({ metrics }) => metrics.accuracy as number);
    expect(search.incumbents()[0]?.metrics.accuracy).toBe(Math.max(...accuracies));
    // All that it has chosen from.
    const { candidates } = search.views as OneShotViews<Bits>;
    const ranked = candidates.evaluations().map(({ metrics }) => metrics.accuracy as number);
    expect(ranked).toEqual([...accuracies].sort((a, b) => b - a));
    expect(candidates.evaluations()[0]).toBe(search.incumbents()[0]);
    // The same architecture twice, on the same minibatch.
    expect(accuracies[4]).toBe(accuracies[0]);
    search.dispose?.();
  });

  it('needs a sampler of architectures, and no search beside it', async () => {
    expect(() => begin(uniform, selecting)).toThrow('must be a sampler of architectures');
    const options = oneShotOptions.parse(selecting);
    const parts = { space: toySpace(), data, paths: cycling().recipe, order: shuffledOrder };
    expect(() => oneShot(options, { ...parts, search: toySearch(2) })).toThrow('no search follows');
    const train = toyData(4, ['train']);
    expect(() => oneShot(options, { ...parts, data: train })).toThrow(
      "are scored on 'valid' images",
    );
  });
});
