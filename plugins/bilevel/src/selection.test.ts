import { createStreams, type Evaluation, type State } from '@archer-nas/core';
import type { Modifier, RelaxationRecipe, Rows } from '@archer-nas/nn';
import type { Bits } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';
import { bilevel } from './bilevel.ts';
import { bilevelOptions } from './options.ts';
import { Selection } from './selection.ts';
import { toyData, toyRelaxation, toySpace, toyStop } from './testing/toy-mixture.ts';

const { signal } = new AbortController();
const space = toySpace();

/** Scores that are wrong on one batch: there, more ones are worse. */
function selectionOf(
  changes: object,
  { probabilities = [0.5, 0.5], saved = null as State, derive = space.derive, known = true } = {},
) {
  const asked: [string, number | 'all'][] = [];
  const score = (a: Bits, batches: number | 'all') => {
    const ones = a.reduce((sum, bit) => sum + bit, 0);
    return batches === 'all' ? ones : 2 - ones;
  };
  const options = {
    architectures: 20,
    batches: 1,
    finalists: 0,
    every: 'end',
    ...changes,
  } as const;
  const selection = new Selection<Bits>(
    {
      ...{ space, derive, options },
      images: toyData().open('valid'),
      streams: createStreams(3),
      probabilities: (): Rows => [0, 1].map(() => Float64Array.from(probabilities)),
      scores: {
        metrics: [{ name: 'accuracy', unit: '%', direction: 'maximise' }],
        start: (proposals, { batches }, state) => {
          let done = (state as number | undefined) ?? 0;
          const all = proposals.map((proposal): Evaluation<Bits> => {
            const metrics = {
              accuracy: known ? score(proposal.architecture, batches) : Number.NaN,
            };
            return { proposal, metrics, cost: {}, status: 'final' };
          });
          return {
            get state() {
              return done;
            },
            get progress() {
              return { done, total: all.length, unit: 'evaluation' } as const;
            },
            step: async () => {
              const evaluations = all.slice(done, done + 1);
              asked.push([evaluations[0]?.proposal.id ?? '', batches]);
              done += 1;
              return { evaluations };
            },
            evaluations: () => all.slice(0, done),
          };
        },
      },
    },
    saved,
  );
  return { selection, asked };
}

async function finish(selection: Selection<Bits>) {
  while (selection.done < selection.total) await selection.step(signal);
  return selection.best?.proposal.architecture;
}

describe('a selection', () => {
  it('keeps the best of the drawn architectures, on the batches that were asked for', async () => {
    const { selection, asked } = selectionOf({});
    expect(selection.total).toBe(20);
    expect(await finish(selection)).toEqual([0, 0]);
    expect(asked).toEqual(asked.map((_, at) => [`selection-${at}`, 1]));
  });

  it('scores the finalists again on all images, and the best of them is the result', async () => {
    const { selection, asked } = selectionOf({ finalists: 20 });
    expect(selection.total).toBe(40);
    expect(await finish(selection)).toEqual([1, 1]);
    for (const [id, batches] of asked.slice(20)) {
      expect(id).toMatch(/^final-selection-/);
      expect(batches).toBe('all');
    }
  });

  it('takes as finalists those that did best', async () => {
    const { selection } = selectionOf({ finalists: 1 });
    expect(await finish(selection)).toEqual([0, 0]);
  });

  it('draws by the probabilities: never what has none, and all where they are even', async () => {
    const { selection } = selectionOf({}, { probabilities: [0, 1] });
    expect(await finish(selection)).toEqual([1, 1]);
    const even = selectionOf({ architectures: 400 }).selection;
    const seen = new Map<string, number>();
    for (let i = 0; i < 400; i++) {
      const { evaluations = [] } = await even.step(signal);
      const text = space.format(evaluations[0]?.proposal.architecture as Bits);
      seen.set(text, (seen.get(text) ?? 0) + 1);
    }
    // 100 ± 8.7 of each of the four.
    expect([...seen.values()].every((count) => Math.abs(count - 100) < 35)).toBe(true);
    expect(seen.size).toBe(4);
  });

  it('leaves any of the decisions to a space that keeps the heaviest alone', async () => {
    const seen = [0, 0];
    const derive = (rows: readonly ArrayLike<number>[]): Bits => {
      const [first = 0, second = 0] = rows.map((row) => Math.max(...Array.from(row)));
      seen[first > second ? 0 : 1] = (seen[first > second ? 0 : 1] ?? 0) + 1;
      return space.derive(rows);
    };
    const { selection } = selectionOf({ architectures: 100 }, { derive });
    await selection.step(signal);
    // 50 ± 5.
    for (const count of seen) expect(Math.abs(count - 50)).toBeLessThan(20);
  });

  it('draws as many options as a decision keeps, without replacement', async () => {
    const seen = new Map<string, number>();
    const derive = ([row = new Float64Array()]: readonly ArrayLike<number>[]): Bits => {
      const order = Array.from(row, (key, option) => ({ key, option }));
      const kept = order.sort((a, b) => b.key - a.key).slice(0, 2);
      const pair = kept.map(({ option }) => option).join(' then ');
      seen.set(pair, (seen.get(pair) ?? 0) + 1);
      return [0, 0];
    };
    const probabilities = [0.6, 0.3, 0.1];
    await selectionOf({ architectures: 3000 }, { derive, probabilities }).selection.step(signal);
    const share = (pair: string) => (seen.get(pair) ?? 0) / 3000;
    // p_i p_j / (1 − p_i); three deviations of 3000 draws are at most 0.028.
    expect(share('0 then 1')).toBeCloseTo((0.6 * 0.3) / 0.4, 1.3);
    expect(share('1 then 2')).toBeCloseTo((0.3 * 0.1) / 0.7, 1.3);
    expect(share('2 then 0')).toBeCloseTo((0.1 * 0.6) / 0.9, 1.3);
    expect(seen.size).toBe(6);
  });

  it('ends where no score is a number, without finalists', async () => {
    const { selection } = selectionOf({ finalists: 4 }, { known: false });
    expect(selection.total).toBe(24);
    for (let i = 0; i < 20; i++) await selection.step(signal);
    expect(selection).toMatchObject({ done: 20, total: 20, best: undefined });
  });

  it('goes on with what it has drawn, whatever the probabilities are by then', async () => {
    const { selection } = selectionOf({});
    for (let i = 0; i < 5; i++) await selection.step(signal);
    const saved = structuredClone(selection.state);
    const resumed = selectionOf({}, { saved, probabilities: [0, 1] }).selection;
    expect(resumed.best).toEqual(selection.best);
    expect(await finish(resumed)).toEqual(await finish(selection));
  });

  it('goes on from its state as if it had never stopped', async () => {
    for (const steps of [0, 1, 20, 22]) {
      const { selection } = selectionOf({ finalists: 4 });
      for (let i = 0; i < steps; i++) await selection.step(signal);
      const resumed = selectionOf({ finalists: 4 }, { saved: selection.state });
      expect(resumed.selection.done).toBe(selection.done);
      expect(resumed.selection.best).toEqual(selection.best);
      expect(await finish(resumed.selection)).toEqual(await finish(selection));
    }
  });
});

/** Learns nothing, and looks at train images alone. */
const still: RelaxationRecipe = {
  trainOnly: true,
  begin: (...given) => {
    const { probabilities, state, weightMixture } = toyRelaxation.begin(...given);
    return { probabilities, state, weightMixture };
  },
};

describe('bilevel with a selection', () => {
  const begin = (options: object, parts: object) =>
    bilevel<Bits>(bilevelOptions.parse({ epochs: 1, ...options }), {
      ...{ space, data: toyData(), relaxation: still, modifiers: [] },
      ...parts,
    }).begin({ streams: createStreams(5) });

  it('has no architecture before it, where nothing learns one, and the best one after it', async () => {
    const search = await begin({ selection: { architectures: 4 } }, {});
    const proposals = [];
    for (let step = 0; step < 3; step++)
      proposals.push(...((await search.step(signal)).proposals ?? []));
    expect(proposals).toEqual([]);
    expect(search.incumbents()).toEqual([]);
    expect(search.progress).toEqual({ done: 3, total: 7, unit: 'step' });
    const { evaluations = [] } = await search.step(signal);
    expect(evaluations).toHaveLength(4);
    expect(search.progress).toEqual({ done: 7, total: 7, unit: 'step' });
    const best = Math.max(...evaluations.map(({ metrics }) => metrics.accuracy as number));
    const { best: found, metrics } = await search.result();
    expect(found[0]).toMatchObject({ status: 'final', metrics: { accuracy: best } });
    expect(metrics.accuracy).toBe(best);
    search.dispose?.();
  });

  it('selects after every epoch where that is asked for, which makes a trajectory', async () => {
    const options = { epochs: 2, selection: { architectures: 4, every: 'epoch' } };
    const search = await begin(options, {});
    // Two epochs of three steps, and four architectures after each.
    expect(search.progress).toEqual({ done: 0, total: 14, unit: 'step' });
    const best: string[] = [];
    const proposals: string[] = [];
    for (const epoch of [1, 2]) {
      for (let step = 0; step < 3; step++) await search.step(signal);
      expect(search.progress.done).toBe(7 * epoch - 4);
      const { evaluations = [], proposals: found = [] } = await search.step(signal);
      const scored = evaluations as readonly Evaluation<Bits>[];
      const [first] = [...scored].sort(
        (a, b) => Number(b.metrics.accuracy) - Number(a.metrics.accuracy),
      );
      best.push(space.format(first?.proposal.architecture as Bits));
      proposals.push(...found.map(({ architecture }) => space.format(architecture as Bits)));
      expect(search.progress.done).toBe(7 * epoch);
    }
    expect(proposals).toEqual(best);
    const { trajectory } = search.views as unknown as { trajectory: readonly Bits[] };
    expect(trajectory.map((a) => space.format(a))).toEqual(best);
    const [last] = search.incumbents();
    expect(space.format(last?.proposal.architecture as Bits)).toBe(best[1]);
    search.dispose?.();
  });

  it.each([
    ['nothing learns', still],
    ['α learns', toyRelaxation],
  ])('goes on from any step of the selections of epochs, where %s', async (_, relaxation) => {
    const options = bilevelOptions.parse({
      ...{ epochs: 2, selection: { architectures: 4, finalists: 2, every: 'epoch' } },
    });
    const strategy = bilevel<Bits>(options, {
      ...{ space, data: toyData(), relaxation, modifiers: [] },
    });
    const context = { streams: createStreams(5) };
    const straight = await strategy.begin(context);
    let stopped = await strategy.begin(context);
    while (straight.progress.done < straight.progress.total) {
      const report = await straight.step(signal);
      expect(await stopped.step(signal)).toEqual(report);
      const { state } = stopped;
      expect(state).toEqual(straight.state);
      stopped.dispose?.();
      stopped = await strategy.begin(context, structuredClone(state));
      expect(stopped.progress).toEqual(straight.progress);
    }
    expect(stopped.incumbents()).toEqual(straight.incumbents());
    for (const search of [straight, stopped]) search.dispose?.();
  });

  it('selects again when a finished run is extended', async () => {
    const parts = { ...{ space, data: toyData(), relaxation: toyRelaxation }, modifiers: [] };
    const of = (epochs: number) =>
      bilevel<Bits>(bilevelOptions.parse({ epochs, selection: { architectures: 4 } }), parts);
    const context = { streams: createStreams(5) };
    const short = await of(1).begin(context);
    while (short.progress.done < short.progress.total) await short.step(signal);
    const extended = await of(2).begin(context, structuredClone(short.state));
    expect(extended.progress).toEqual({ done: 3, total: 10, unit: 'step' });
    const evaluations = [];
    while (extended.progress.done < extended.progress.total) {
      evaluations.push(...((await extended.step(signal)).evaluations ?? []));
    }
    expect(evaluations).toHaveLength(4);
    expect(extended.incumbents()[0]?.status).toBe('final');
    for (const search of [short, extended]) search.dispose?.();
  });

  it('draws what modifiers let the space derive', async () => {
    const never: Modifier = {
      begin: () => ({ state: null, scores: (p) => p.map((row) => row.with(1, 0)) }),
    };
    const parts = { relaxation: toyRelaxation, modifiers: [never] };
    const search = await begin({ selection: { architectures: 8 } }, parts);
    const drawn: unknown[] = [];
    while (search.progress.done < search.progress.total) {
      const { evaluations = [] } = await search.step(signal);
      drawn.push(...evaluations.map(({ proposal }) => proposal.architecture));
    }
    expect(drawn).toEqual(drawn.map(() => [0, 0]));
    search.dispose?.();
  });

  it('is none where a modifier ends the search with an earlier architecture', async () => {
    const parts = { relaxation: toyRelaxation, modifiers: [toyStop] };
    const search = await begin({ epochs: 3, selection: { architectures: 4 } }, parts);
    let steps = 0;
    for (; search.progress.done < search.progress.total; steps++) await search.step(signal);
    expect(steps).toBe(6);
    expect(search.incumbents()[0]?.proposal.id).toBe('derived');
    const strategy = bilevel<Bits>(
      bilevelOptions.parse({ epochs: 3, selection: { architectures: 4 } }),
      { ...{ space, data: toyData() }, ...parts },
    );
    const again = await strategy.begin(
      { streams: createStreams(5) },
      structuredClone(search.state),
    );
    expect(again.progress).toEqual(search.progress);
    expect(again.incumbents()).toEqual(search.incumbents());
    for (const one of [search, again]) one.dispose?.();
  });

  it('ends with the selected architecture, not with the derived one', async () => {
    const parts = { relaxation: toyRelaxation };
    const search = await begin({ selection: { architectures: 40, batches: 'all' } }, parts);
    while (search.progress.done < search.progress.total) await search.step(signal);
    const [found] = search.incumbents();
    expect(found?.proposal.id).toMatch(/^selection-/);
    search.dispose?.();
  });

  it('needs one where nothing learns an architecture', async () => {
    await expect(begin({}, {})).rejects.toThrow(
      expect.objectContaining({ code: 'ARCHER_NOTHING_CHOSEN' }),
    );
  });

  it('needs valid images for it, even if the training does not', () => {
    const parts = { data: toyData(['train']) };
    expect(() => begin({ selection: {} }, parts)).toThrow(
      expect.objectContaining({ code: 'ARCHER_SPLIT_MISSING' }),
    );
  });
});
