import { createStreams, type State } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import type { Mixture, Modifier, Relaxation, RelaxationRecipe } from '@archer-nas/nn';
import type { Bits } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';
import { bilevel } from './bilevel.ts';
import { bilevelOptions } from './options.ts';
import { toyCorpus, toyLanguageSpace } from './testing/toy-language.ts';
import { toyRelaxation } from './testing/toy-mixture.ts';

interface Saved {
  readonly course: { readonly training: { readonly train: State; readonly valid: State } };
}

describe('bilevel on text', () => {
  const { signal } = new AbortController();
  const begin = (changes: object = {}, parts: object = {}, saved?: State) =>
    bilevel<Bits>(bilevelOptions.parse({ epochs: 2, lr: 1, minLr: 1, momentum: 0, ...changes }), {
      ...{ space: toyLanguageSpace(), data: toyCorpus(), relaxation: toyRelaxation, modifiers: [] },
      ...parts,
    }).begin({ streams: createStreams(5) }, saved);
  const carried = (search: { readonly state: State }) =>
    (search.state as unknown as Saved).course.training;

  it('takes a step per window and counts the characters it trains on', async () => {
    const search = await begin();
    expect(search.progress.total).toBe(2 * 3);
    for (let step = 0; step < 6; step++) await search.step(signal);
    expect((await search.result()).metrics['images-trained']).toBe(2 * 24);
    search.dispose?.();
  });

  it('carries the state of each text from its own window to the next', async () => {
    const search = await begin();
    expect(carried(search)).toMatchObject({ train: null, valid: null });
    await search.step(signal);
    const { train, valid } = structuredClone(carried(search));
    expect(train).toMatchObject({ shape: [2, 3] });
    expect(valid).not.toEqual(train);
    await search.step(signal);
    expect(carried(search).train).not.toEqual(train);
    search.dispose?.();
  });

  it.each(['alpha', 'weights'])('carries what the weight step saw, %s first', async (first) => {
    const other = [0, 1].map(() => ({ support: [0, 1], weights: Float64Array.of(0.9, 0.1) }));
    const looking = (looks: boolean): RelaxationRecipe => ({
      begin: (...given): Relaxation => {
        const toy = toyRelaxation.begin(...given);
        return {
          ...{ probabilities: toy.probabilities, state: null, weightMixture: toy.weightMixture },
          update: ({ train, valid }) => {
            valid.gradients(other, ['mixture']);
            if (looks) train.gradients(other, ['mixture']);
            return {};
          },
        };
      },
    });
    const searches = [false, true].map((looks) => begin({ first }, { relaxation: looking(looks) }));
    const [plain, more] = await Promise.all(searches);
    for (let step = 0; step < 4; step++) for (const one of [plain, more]) await one?.step(signal);
    expect(more?.state).toEqual(plain?.state);
    plain?.dispose?.();
    more?.dispose?.();
  });

  it('looks at the last window of an epoch from the state before it, not after', async () => {
    const values: (readonly [number, number])[] = [];
    let last = Number.NaN;
    let mixture: Mixture = [];
    const relaxation: RelaxationRecipe = {
      begin: (...given): Relaxation => {
        const toy = toyRelaxation.begin(...given);
        return {
          ...{ probabilities: toy.probabilities, state: null, weightMixture: toy.weightMixture },
          update: (step) => {
            mixture = toy.weightMixture(step);
            last = step.valid.value(mixture);
            return {};
          },
        };
      },
    };
    const ending: Modifier = {
      begin: () => ({
        state: null,
        epochEnd: ({ valid }) => {
          values.push([last, valid.value(mixture)]);
          return {};
        },
      }),
    };
    // The weights stay where they are.
    const search = await begin({ lr: 1e-30, minLr: 1e-30 }, { relaxation, modifiers: [ending] });
    for (let step = 0; step < 6; step++) await search.step(signal);
    for (const [before, after] of values) expect(after).toBe(before);
    expect(values).toHaveLength(2);
    search.dispose?.();
  });

  it('would do something else without what it carries', async () => {
    const search = await begin();
    await search.step(signal);
    const saved = structuredClone(search.state) as unknown as Saved;
    const losses = [];
    const { course } = saved;
    for (const train of [course.training.train, null]) {
      const from = { ...saved, course: { ...course, training: { ...course.training, train } } };
      const resumed = await begin({}, {}, from as unknown as State);
      losses.push((await resumed.step(signal)).metrics?.loss);
      resumed.dispose?.();
    }
    expect(losses[0]).toBe((await search.step(signal)).metrics?.loss);
    expect(losses[1]).not.toBe(losses[0]);
    search.dispose?.();
  });

  it('leaves no tensor behind', async () => {
    const search = await begin();
    await search.step(signal);
    const { numTensors } = tf.memory();
    for (let step = 0; step < 4; step++) {
      await search.step(signal);
      expect(tf.memory().numTensors).toBe(numTensors);
    }
    search.dispose?.();
  });

  it('selects by perplexity on valid text where that is asked for', async () => {
    const selection = { architectures: 3, batches: 'all', finalists: 1 };
    const search = await begin({ epochs: 1, selection });
    while (search.progress.done < search.progress.total) await search.step(signal);
    const [best] = search.incumbents();
    expect(best?.metrics.perplexity).toBeGreaterThan(1);
    expect(best?.metrics['bits-per-token']).toBeCloseTo(
      Math.log2(best?.metrics.perplexity ?? 0),
      9,
    );
    search.dispose?.();
  });

  it('refuses a modifier that rebuilds networks of images', async () => {
    const wrap: Modifier = { network: (network) => network };
    await expect(begin({}, { modifiers: [wrap] })).rejects.toThrow('rebuilds networks of images');
  });
});
