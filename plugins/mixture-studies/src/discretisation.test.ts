import {
  createStreams,
  type Dependencies,
  type Evaluator,
  type Maker,
  memorySplit,
  type State,
  type StudyContext,
} from '@archer-nas/core';
import { type Bits, bitSpace } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';
import { discretisation } from './discretisation.ts';
import plugins from './index.ts';

const { signal } = new AbortController();

/** Takes two steps, as a training does. */
const training: Evaluator<Bits> = {
  metrics: [{ name: 'accuracy', unit: '%', direction: 'maximise' }],
  start: ([proposal], _, saved) => {
    let done = Number(saved ?? 0);
    return {
      get state() {
        return done;
      },
      get progress() {
        return { done, total: 2, unit: 'epoch' } as const;
      },
      step: async () => {
        done += 1;
        return {};
      },
      evaluations: () =>
        proposal === undefined
          ? []
          : [{ proposal, metrics: { accuracy: 88 }, cost: {}, status: 'final' }],
    };
  },
};

const parts = {
  space: bitSpace(2),
  architecture: [0, 1] as Bits,
  inherited: () => ({ mixture: 70, derived: 41.5 }),
  retrained: training,
  images: memorySplit('valid', Int32Array.of(0), new Uint8Array(1)),
  streams: createStreams(0),
};

describe('discretisation', () => {
  it('looks at the shared weights, trains, and answers with its last step', async () => {
    const job = discretisation(parts);
    expect(job.progress).toEqual({ done: 0, total: 3, unit: 'epoch' });
    expect(await job.step(signal)).toEqual({});
    expect(await job.step(signal)).toEqual({});
    const { metrics, tables } = await job.step(signal);
    expect(metrics).toEqual({ mixture: 70, derived: 41.5, gap: 28.5, retrained: 88 });
    expect(tables?.discretisation?.rows).toEqual([[70, 41.5, -28.5, 88, '01']]);
    expect(job.progress.done).toBe(3);
  });

  it('goes on from any step', async () => {
    let state: State | undefined;
    const reports = [];
    for (let step = 0; step < 3; step++) {
      const job = discretisation(parts, state);
      expect(job.progress.done).toBe(step);
      reports.push(await job.step(signal));
      state = structuredClone(job.state);
    }
    expect(reports[2]?.metrics?.gap).toBe(28.5);
  });
});

describe('the split that a training of its own is scored on', () => {
  const plugin = plugins.find(({ id }) => id === 'discretisation') as unknown as Maker<'study'>;
  const options = (given: object) => plugin.options.parse({ batch: 1, ...given });
  const dependencies = (given: object) =>
    ({ space: parts.space, parts: { truth: training }, ...given }) as unknown as Dependencies;

  it('is the valid one, or with a permit the test split', async () => {
    const opened = async (given: object) => {
      const splits: string[] = [];
      const study = await plugin.create(options(given), dependencies({ permit: 'test-split' }));
      const search = { views: { relaxed: {}, supernet: {} }, incumbents: () => [] };
      const open = (split: string) => {
        splits.push(split);
        return parts.images;
      };
      await study.begin({ search, open, streams: parts.streams } as unknown as StudyContext<Bits>);
      return splits;
    };
    expect(await opened({})).toEqual(['valid', 'valid']);
    expect(await opened({ retrainedOn: 'test' })).toEqual(['valid', 'test']);
  });

  it('is refused before the search where it is the test split without a permit', () => {
    expect(() => plugin.create(options({ retrainedOn: 'test' }), dependencies({}))).toThrow(
      expect.objectContaining({ code: 'ARCHER_TEST_WITHHELD' }),
    );
  });
});
