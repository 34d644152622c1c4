import { createStreams, type State, type TensorState } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { oneShot } from './one-shot.ts';
import { oneShotOptions } from './options.ts';
import { remainingPaths } from './remaining.ts';
import { shuffledOrder } from './shuffle.ts';
import { toyStages } from './testing/toy-stages.ts';
import { toyData, toySearch, toySpace } from './testing/toy-supernet.ts';

const parts = { space: toySpace(), data: toyData(), order: shuffledOrder };
const { signal } = new AbortController();
const begin = (options: object, search = toyStages, state?: State) =>
  oneShot(oneShotOptions.parse({ epochs: 5, ...options }), {
    ...parts,
    paths: remainingPaths,
    search,
  }).begin({ streams: createStreams(3) }, state);

type Begun = Awaited<ReturnType<typeof begin>>;

/** Values of the parameters of an operation. */
function values(search: Begun, part: string): number[] {
  const { training } = search.state as { training: { parameters: Record<string, TensorState> } };
  return Object.entries(training.parameters)
    .filter(([name]) => name.includes(part))
    .flatMap(([, { data }]) => [...data]);
}

/** One letter per step: training, scoring. */
async function course(search: Begun): Promise<string> {
  let letters = '';
  while (search.progress.done < search.progress.total) {
    const { evaluations } = await search.step(signal);
    letters += evaluations ? 's' : 't';
  }
  return letters;
}

describe('a search with stages', () => {
  it('alternates with the training: a warm-up, then an interval of epochs after each stage', async () => {
    // Three steps per epoch; stages after 2, 3 and 5 of 5 epochs.
    const search = await begin({});
    expect(search.progress.total).toBe(15 + 5);
    const [warmUp, stage, interval] = ['tttttt', 'ss', 'ttt'];
    expect(await course(search)).toBe(
      `${warmUp}${stage}${interval}${stage}${interval}${interval}s`,
    );
    search.dispose?.();
  });

  it('begins after the share of epochs that is the warm-up', async () => {
    for (const [warmUp, expected] of [
      [0, /^sst{6}sst{9}s$/],
      [1, /^t{15}sssss$/],
    ] as const) {
      const search = await begin({ warmUp });
      expect(await course(search)).toMatch(expected);
      search.dispose?.();
    }
  });

  it('is all there is without a training', async () => {
    const search = await begin({ epochs: 0 });
    expect(await course(search)).toBe('sssss');
    search.dispose?.();
  });

  it('trains only what is left, and leaves what was dropped as it is', async () => {
    const search = await begin({});
    for (let step = 0; step < 8; step++) await search.step(signal);
    // The first edge of both cells is decided: one of its operations is trained, one is not.
    const of = (kernel: string) =>
      [0, 1].flatMap((c) => values(search, `cell${c}.edge0.${kernel}`));
    const before = ['conv1', 'conv3'].map(of);
    for (let step = 8; step < 11; step++) await search.step(signal);
    const moved = ['conv1', 'conv3'].map((kernel, i) =>
      of(kernel).some((w, j) => w !== before[i]?.[j]),
    );
    expect(moved.filter((one) => one)).toHaveLength(1);
    const { chosen } = (search.state as { search: { sampler: { chosen: number[] } } }).search
      .sampler;
    expect(moved).toEqual(chosen[0] === 1 ? [false, true] : [true, false]);
    search.dispose?.();
  });

  it('has the final choice as its best, not a better score of earlier weights', async () => {
    const search = await begin({});
    const scored: number[] = [];
    while (search.progress.done < search.progress.total) {
      const { evaluations = [], metrics } = await search.step(signal);
      if (evaluations.length > 0) scored.push(metrics?.accuracy as number);
    }
    expect(search.incumbents()).toHaveLength(1);
    expect(search.incumbents()[0]?.proposal.id).toBe('2-0');
    expect(search.incumbents()[0]?.metrics.accuracy).toBe(scored.at(-1));
    search.dispose?.();
  });

  it('has what its last stage has scored as candidates, also when it is resumed', async () => {
    const search = await begin({ warmUp: 0 });
    const candidates = (of: Begun) =>
      of.views.candidates?.evaluations().map(({ proposal }) => proposal.id);
    await search.step(signal);
    expect(candidates(search)).toEqual(['0-0']);
    await search.step(signal);
    expect(candidates(search)).toHaveLength(2);
    const resumed = await begin({ warmUp: 0 }, toyStages, search.state);
    expect(candidates(resumed)).toEqual(candidates(search));
    for (const one of [search, resumed]) {
      await course(one);
      expect(candidates(one)).toEqual(['2-0']);
      one.dispose?.();
    }
  });

  it('tells what a stage has found at its end', async () => {
    const search = await begin({ warmUp: 0 });
    expect((await search.step(signal)).metrics).not.toHaveProperty('stage');
    expect((await search.step(signal)).metrics).toMatchObject({ stage: 1, stages: 2 });
    search.dispose?.();
  });
});

describe('the paths that remain', () => {
  it('need a search that narrows the space', async () => {
    const search = await begin({}, toySearch(2) as typeof toyStages);
    await expect(search.step(signal)).rejects.toThrow(/narrows none/);
    search.dispose?.();
    expect(() => remainingPaths.begin([])).toThrow(/there is no search/);
  });
});
