import { type Block, createStreams } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { ParameterStore, type Site, uniformPath } from '@archer-nas/nn';
import { ANY_BATCH, NO_DATA, scalarModel } from '@archer-nas/nn/toys';
import { describe, expect, it } from 'vitest';
import { type Archive, distance, novelty, updated } from './archive.ts';
import { type ArchiveGradientOptions, archiveGradient } from './archive-gradient.ts';
import plugins from './index.ts';

/** Two cells of three decisions with two options each. */
const SITES: readonly Site[] = [0, 1, 2, 3, 4, 5].map((at) => ({
  ...{ name: `site${at}`, decision: at % 3, options: ['a', 'b'] },
}));
const path = (...options: number[]) => [...options, ...options];
const OPTIONS = { size: 8, candidates: 10, recent: 50, neighbours: 10 };
/** Draws uniform paths. */
const uniform = (stream = createStreams(1).stream('archive')) => {
  return () => uniformPath(SITES, stream);
};

describe('novelty', () => {
  it('is the mean distance to the nearest members: shares of decisions that differ', () => {
    expect(distance(SITES, path(0, 0, 0), path(0, 1, 1))).toBeCloseTo(2 / 3, 12);
    const members = [path(0, 0, 0), path(1, 1, 1), path(0, 0, 1)];
    expect(novelty(SITES, path(0, 0, 0), members, 10)).toBeCloseTo(4 / 9, 12);
    expect(novelty(SITES, path(0, 0, 0), members, 2)).toBeCloseTo(1 / 6, 12);
  });
});

describe('the archive', () => {
  it('takes the most novel of random paths until it is full', () => {
    let archive: Archive = { members: [], recent: [] };
    const streams = createStreams(4);
    for (let step = 0; step < 6; step++) {
      const next = {
        ...OPTIONS,
        size: 4,
        candidates: 40,
        random: uniform(streams.stream('a', step)),
      };
      archive = updated(SITES, archive, path(0, 0, 0), next);
      expect(archive.members).toHaveLength(Math.min(step + 1, 4));
    }
    // Of 40 draws of 8 paths, the second is the opposite of the first.
    const second = updated(SITES, { members: [path(0, 1, 0)], recent: [] }, path(0, 0, 0), {
      ...OPTIONS,
      candidates: 40,
      random: uniform(),
    });
    expect(second.members[1]).toEqual(path(1, 0, 1));
  });

  it('then gives the place of the member most similar to the path to a novel recent one', () => {
    const members = [path(0, 0, 0), path(0, 0, 1)];
    const recent = [path(0, 1, 1), path(1, 1, 1)];
    const options = { ...OPTIONS, size: 2, recent: 2, random: uniform() };
    // The last two are (1, 1, 1), distances 1 and 2/3, and (0, 1, 0) itself, 1/3 and 2/3.
    const { members: after, recent: last } = updated(
      SITES,
      { members, recent },
      path(0, 1, 0),
      options,
    );
    expect(after).toEqual([path(1, 1, 1), path(0, 0, 1)]);
    expect(last).toEqual([path(1, 1, 1), path(0, 1, 0)]);
  });

  it('replaces one of equal members, in memory as in what was saved', () => {
    const twice = path(0, 0, 0);
    const archive = { members: [twice, twice], recent: [path(1, 1, 1)] };
    const options = { ...OPTIONS, size: 2, random: uniform() };
    const { members } = updated(SITES, archive, path(0, 0, 1), options);
    expect(members).toEqual([path(1, 1, 1), path(0, 0, 0)]);
    const saved = structuredClone(archive.members.map((member) => [...member]));
    expect(updated(SITES, { ...archive, members: saved }, path(0, 0, 1), options).members).toEqual(
      members,
    );
  });
});

describe('the gradient with an archive', () => {
  const TARGETS = [2, 6];
  /** Gradient at w = 0 of path 0, whose own gradient is −2; that of the other is −6. */
  function gradient(options: Partial<ArchiveGradientOptions>, members: readonly number[][]) {
    const network = scalarModel(TARGETS);
    const store = new ParameterStore(network.parameters, createStreams(0));
    const settings = { ...OPTIONS, size: members.length, beta: 0.5, term: 'gradient' } as const;
    const recipe = archiveGradient({ ...settings, ...options });
    const context = { network, store, data: NO_DATA, streams: createStreams(0) };
    // Full, and the most novel of the recent paths is the one that is replaced.
    const gradients = recipe.begin(context, { members, recent: [], steps: 3 });
    const before = tf.memory().numTensors;
    const pass = gradients.of([0], ANY_BATCH, {});
    const [value = Number.NaN] = pass.gradients.get('w')?.dataSync() ?? [];
    const [loss = Number.NaN] = pass.loss.dataSync();
    pass.dispose();
    expect(tf.memory().numTensors).toBe(before);
    store.dispose();
    return { value, loss, passes: pass.passes };
  }

  it('is (1 − β) of the path and β of the mean of the archive, unlike that of SPOS', () => {
    expect(gradient({}, [[0], [1], [1]]).value).toBeCloseTo(-0.5 * 2 - 0.5 * ((2 + 6 + 6) / 3), 6);
    expect(gradient({ beta: 0.2 }, [[0], [1]]).value).toBeCloseTo(-0.8 * 2 - 0.2 * 4, 6);
  });

  it('is half of the plain one for any archive where the term is a constant (check C6)', () => {
    for (const members of [[[0], [1], [1]], [[1]], [[0], [0]]]) {
      expect(gradient({ term: 'constant' }, members).value).toBe(-1);
    }
  });

  it('has no members but what architectures can be: with the sites of a node that one has', () => {
    const sites = [0, 1, 2].map((at) => ({ ...(SITES[at] as Site), node: 'sum' }));
    const network = { ...scalarModel(TARGETS), sites, perNode: 1 };
    const store = new ParameterStore(network.parameters, createStreams(0));
    const recipe = archiveGradient({ ...OPTIONS, beta: 0.5, term: 'constant' });
    const context = { network, store, data: NO_DATA, streams: createStreams(0) };
    const gradients = recipe.begin(context);
    for (let step = 0; step < 8; step++) gradients.of([0, -1, -1], ANY_BATCH, {}).dispose();
    store.dispose();
    const { members } = gradients.state as unknown as Archive;
    expect(members.map((one) => one.filter((option) => option !== -1).length)).toEqual(
      Array(8).fill(1),
    );
  });

  it('costs a backward pass for each member more, and tells the loss of the path', () => {
    expect(gradient({}, [[0], [1], [1]])).toMatchObject({ passes: 4, loss: 2 });
    expect(gradient({ term: 'constant' }, [[0], [1]])).toMatchObject({ passes: 1, loss: 2 });
  });
});

describe('strategy: { use: nsas }', () => {
  const expand = (options: object): Block => {
    const [strategy] = plugins;
    if (!strategy || !('preset' in strategy)) throw new Error('nsas is no preset');
    return strategy.preset(strategy.options.parse(options) as never);
  };

  it('is one-shot training of random paths with an archive, and random search', () => {
    const archive = { beta: 0.5, size: 8, candidates: 10, recent: 50, neighbours: 10 };
    expect(expand({ epochs: 50 })).toEqual({
      ...{ use: 'one-shot', epochs: 50, lr: 0.025, minLr: 0.001, weightDecay: 3e-4 },
      ...{ paths: { use: 'uniform' }, order: { use: 'shuffle' } },
      gradient: { use: 'archive', ...archive, term: 'gradient' },
      search: { use: 'random' },
      evaluation: { searchEvaluations: 50 },
    });
    expect(expand({ search: null })).not.toHaveProperty('search');
  });
});
