import { createStreams } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import type { GradientRecipe, Network, SupernetTask } from '@archer-nas/nn';
import { describe, expect, it } from 'vitest';
import { oneShot } from './one-shot.ts';
import { oneShotOptions } from './options.ts';
import { lossGradients } from './passes.ts';
import { shuffledOrder } from './shuffle.ts';
import { toyData, toySpace } from './testing/toy-supernet.ts';
import { toyWeights } from './testing/toy-weights.ts';
import { uniformPaths } from './uniform.ts';

const streams = createStreams(3);

/** Has a parameter of its own that goes down by lr in every step, and scores all paths as one. */
const recipe: GradientRecipe = {
  supernet: { sets: 2 },
  parameters: (sites) => [{ name: 'own', shape: [sites.length], init: 'ones' }],
  begin(context) {
    const plain = lossGradients(context);
    return {
      of(path, batch, options) {
        const pass = plain.of(path, batch, options);
        const own = tf.ones(context.store.value('own').shape);
        const gradients = new Map([...pass.gradients, ['own', own] as const]);
        const dispose = () => {
          pass.dispose();
          own.dispose();
        };
        return { ...pass, gradients, dispose };
      },
      scored: (path) => path.map(() => 1),
      state: null,
    };
  },
};

const parts = {
  space: toySpace(),
  data: toyData(),
  paths: uniformPaths(),
  order: shuffledOrder,
  gradient: recipe,
};
const given = { epochs: 1, momentum: 0, weightDecay: 0, clip: null, schedule: 'constant' };
const options = oneShotOptions.parse({ ...given, lr: 0.125 });

describe('a gradient that shares operations', () => {
  it('says what the supernet is built with, and has parameters that the optimiser trains', async () => {
    const tasks: SupernetTask[] = [];
    const supernet = (task: SupernetTask) => {
      tasks.push(task);
      return parts.space.supernet(task);
    };
    const strategy = oneShot(options, { ...parts, space: { ...parts.space, supernet } });
    const search = await strategy.begin({ streams });
    expect(tasks).toEqual([{ classes: 2, image: parts.data.image, sets: 2 }]);
    while (search.progress.done < search.progress.total) {
      await search.step(new AbortController().signal);
    }
    const own = search.views.supernet?.parameters.state as Record<string, { data: Float32Array }>;
    expect([...(own.own?.data ?? [])]).toEqual(Array(4).fill(1 - 3 * 0.125));
    search.dispose?.();
  });

  it('says which path an architecture is scored with, but for the untrained supernet', async () => {
    const run: number[][] = [];
    const supernet = (task: SupernetTask): Network => {
      const network = parts.space.supernet(task);
      const forward: Network['forward'] = (images, gates, ...rest) => {
        run.push(gates.flatMap(({ support }) => support));
        return network.forward(images, gates, ...rest);
      };
      return { ...network, forward };
    };
    const space = { ...parts.space, supernet };
    const search = await oneShot(options, { ...parts, space }).begin({ streams });
    const { scores, untrained } = search.views;
    for (const evaluator of [scores, untrained]) {
      const images = parts.data.open('valid');
      const proposals = [{ id: 'a', architecture: [0, 0] as const }];
      const job = evaluator?.start(proposals, { images, batches: 'all', streams });
      await job?.step(new AbortController().signal);
      job?.dispose?.();
    }
    expect(run).toEqual([
      [1, 1, 1, 1],
      [0, 0, 0, 0],
    ]);
    search.dispose?.();
  });

  it('goes with no split, and with no paths that learn from the norms of single sites', () => {
    const split = { plan: () => [], begin: () => ({}) as never };
    expect(() => oneShot(options, { ...parts, split })).toThrow(/operations that sites share/);
    const learning = { ...uniformPaths(), norms: 'after-clip' as const };
    expect(() => oneShot(options, { ...parts, paths: learning })).toThrow(/gradient norms/);
  });
});

describe('weights that are made from the path', () => {
  const { gradient: _, ...plain } = parts;
  const making = { ...plain, weights: toyWeights };

  it('are not in the store: the optimiser trains what they are made from', async () => {
    const search = await oneShot(options, making).begin({ streams });
    const values = () => {
      const state = search.views.supernet?.parameters.state as Record<
        string,
        { data: Float32Array }
      >;
      return new Map(Object.entries(state).map(([name, { data }]) => [name, [...data]]));
    };
    const before = values();
    while (search.progress.done < search.progress.total) {
      await search.step(new AbortController().signal);
    }
    const names = [...before.keys()].filter((name) => name.includes('conv.weight'));
    expect(names).toHaveLength(8);
    expect(names.every((name) => name.startsWith('seed.'))).toBe(true);
    const moved = names.filter((name) => values().get(name)?.join() !== before.get(name)?.join());
    expect(moved.length).toBeGreaterThan(0);
    search.dispose?.();
  });

  it('go with no split, and with no paths that learn from the norms of single sites', () => {
    const split = { plan: () => [], begin: () => ({}) as never };
    expect(() => oneShot(options, { ...making, split })).toThrow(/made from the path/);
    const learning = { ...uniformPaths(), norms: 'after-clip' as const };
    expect(() => oneShot(options, { ...making, paths: learning })).toThrow(/gradient norms/);
  });
});
