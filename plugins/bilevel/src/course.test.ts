import { createStreams, type Report, type Search } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import type { Modifier } from '@archer-nas/nn';
import type { Bits } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';
import { type BilevelViews, bilevel } from './bilevel.ts';
import { bilevelOptions } from './options.ts';
import {
  toyBack,
  toyData,
  toyRelaxation,
  toySpace,
  toyStages,
  toyStop,
} from './testing/toy-mixture.ts';

const { signal } = new AbortController();

function begin(modifiers: readonly Modifier[], options: object = {}): Promise<Search<Bits>> {
  const parts = { space: toySpace(), data: toyData(), relaxation: toyRelaxation, modifiers };
  return bilevel<Bits>(bilevelOptions.parse({ epochs: 3, ...options }), parts).begin({
    streams: createStreams(5),
  });
}

/** The views change with the stage. */
const viewsOf = (search: Search<Bits>) => search.views as unknown as BilevelViews<Bits>;

/** Steps to the end, and what every step has reported. */
async function run(search: Search<Bits>): Promise<Report[]> {
  const reports: Report[] = [];
  while (search.progress.done < search.progress.total) reports.push(await search.step(signal));
  return reports;
}

const proposals = (reports: readonly Report[]) =>
  reports.flatMap(({ proposals: told = [] }) => told.map(({ architecture }) => architecture));

describe('a search that ends early', () => {
  it('has the architecture of the earlier epoch as its result', async () => {
    const search = await begin([toyStop]);
    expect(search.progress.total).toBe(9);
    const reports = await run(search);
    expect(reports).toHaveLength(6);
    const { best, metrics } = await search.result();
    expect(best[0]?.proposal.architecture).toEqual(proposals(reports)[0]);
    expect(best[0]?.status).toBe('final');
    expect(metrics?.['images-trained']).toBe(20);
    expect(viewsOf(search).trajectory).toHaveLength(2);
    search.dispose?.();
  });
});

describe('a search that goes back', () => {
  it('goes on from the kept state, with the other weight decay, and counts all its steps', async () => {
    const search = await begin([toyBack]);
    const reports = await run(search);
    expect(reports).toHaveLength(12);
    expect(viewsOf(search).trajectory).toHaveLength(3);
    // Steps 3 to 5 again, from the same weights: the first differs by nothing yet.
    const losses = reports.map(({ metrics }) => metrics?.loss);
    expect(losses[6]).toBe(losses[3]);
    expect(losses[7]).not.toBe(losses[4]);
    search.dispose?.();
  });

  it('is the search with that decay, where it goes back to its state', async () => {
    const search = await begin([toyBack]);
    const reports = await run(search);
    const again = await begin([]);
    for (let step = 0; step < 3; step++) await again.step(signal);
    const saved = structuredClone(again.state) as { course: { plan: object } };
    saved.course.plan = { stage: 0, weightDecay: 0.3 };
    const parts = { space: toySpace(), data: toyData(), relaxation: toyRelaxation, modifiers: [] };
    const straight = await bilevel<Bits>(bilevelOptions.parse({ epochs: 3 }), parts).begin(
      { streams: createStreams(5) },
      saved as never,
    );
    for (let step = 6; step < 12; step++) {
      expect((await straight.step(signal)).metrics?.loss).toBe(reports[step]?.metrics?.loss);
    }
    for (const each of [search, again, straight]) each.dispose?.();
  });

  it('cannot go back to a state that was not kept', async () => {
    const lost: Modifier = {
      begin: () => ({ state: null, epochEnd: () => ({ backTo: { epoch: 0, weightDecay: 0 } }) }),
    };
    const search = await begin([lost]);
    await expect(run(search)).rejects.toThrow('the state after epoch 0 was not kept');
  });
});

describe('a search in stages', () => {
  it('begins each from scratch, with the options that the one before has kept', async () => {
    const search = await begin([toyStages]);
    expect(search.progress.total).toBe(18);
    const before = viewsOf(search).supernet.network;
    const reports = await run(search);
    expect(reports).toHaveLength(18);
    const after = viewsOf(search).supernet.network;
    expect(before.sites.map(({ options }) => options.length)).toEqual([2, 2, 2]);
    expect(after.sites.map(({ options }) => options.length)).toEqual([1, 1, 1]);
    expect(reports[9]?.metrics?.lr).toBe(0.025);
    // With one option left there is no other architecture than the first stage's last one.
    const told = proposals(reports);
    expect(told).toHaveLength(6);
    expect(new Set(told.slice(2).map(String)).size).toBe(1);
    const { best } = await search.result();
    expect(best[0]?.proposal.architecture).toEqual(told[2]);
    search.dispose?.();
  });

  it('cannot be extended when the first is over', async () => {
    const search = await begin([toyStages]);
    await run(search);
    const saved = structuredClone(search.state);
    const more = bilevel<Bits>(bilevelOptions.parse({ epochs: 4 }), {
      ...{ space: toySpace(), data: toyData(), relaxation: toyRelaxation, modifiers: [toyStages] },
    });
    await expect(more.begin({ streams: createStreams(5) }, saved)).rejects.toThrow(
      expect.objectContaining({ code: 'ARCHER_EXTEND' }),
    );
    search.dispose?.();
  });

  it('takes a weight decay that was changed along', async () => {
    const decays: number[] = [];
    const watched: Modifier = {
      begin: () => ({
        state: null,
        epochEnd: ({ weightDecay }) => {
          decays.push(weightDecay);
          return decays.length === 1
            ? { keepFor: 1 }
            : decays.length === 2
              ? { backTo: { epoch: 0, weightDecay: 0.3 } }
              : {};
        },
      }),
    };
    const search = await begin([toyStages, watched], { epochs: 2 });
    await run(search);
    expect(decays).toEqual([3e-4, 3e-4, 0.3, 0.3, 0.3]);
    search.dispose?.();
  });

  it('leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    const search = await begin([toyStages]);
    await run(search);
    search.dispose?.();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses two modifiers with stages', async () => {
    await expect(async () => begin([toyStages, { stages: 3 }])).rejects.toThrow(
      expect.objectContaining({ code: 'ARCHER_STAGES' }),
    );
  });
});
