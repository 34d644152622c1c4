import {
  createStreams,
  definePlugin,
  type Evaluator,
  type Maker,
  type Report,
  type State,
} from '@archer-nas/core';
import { toyClimb } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../tools/temporary-folder.ts';
import { toyCount } from '../tools/toy-count.mjs';
import { runToys, toyLookup, toyManifest } from '../tools/toy-runs.ts';
import { field, scienceLines } from './journal-reader.ts';
import type { RunRecord } from './read-run.ts';

const climb = toyClimb as unknown as Maker<'strategy'>;

/** A hill climber that does something more in each step. */
function climberThat(id: string, more: (evaluator: Evaluator<unknown>) => Promise<object>) {
  return definePlugin({
    ...climb,
    id,
    create: async (options, deps) => {
      const strategy = await climb.create(options, deps);
      const begin = async (...args: Parameters<typeof strategy.begin>) => {
        const search = await strategy.begin(...args);
        const step = search.step.bind(search);
        const both = async (signal: AbortSignal): Promise<Report> => {
          const metrics = await more((deps as unknown as { evaluator: never }).evaluator);
          const report = await step(signal);
          return { ...report, metrics: { ...report.metrics, ...metrics } };
        };
        return Object.defineProperty(search, 'step', { value: both });
      };
      return { begin };
    },
  });
}

const withMetric = climberThat('toy-climb-metric', async () => ({ more: 1 }));
const withValidation = climberThat('toy-climb-validation', async (evaluator) => {
  const streams = createStreams(0).scope('search');
  const proposals = ['11110000', '00001111'].map((text) => {
    return { id: text, architecture: [...text].map(Number) };
  });
  const job = evaluator.start(proposals, { batches: 'all', streams });
  while (job.progress.done < job.progress.total) await job.step(AbortSignal.timeout(1000));
  return { validation: job.evaluations()[0]?.metrics.ones };
});

const otherStudy = definePlugin({ ...toyCount, id: 'toy-other' });

/** The architectures that the search evaluated, in order. */
function sampled({ lines }: RunRecord): State[] {
  return scienceLines(lines)
    .filter(({ job, event }) => job === 'search' && event === 'step')
    .map(
      ({ body }) => field((field(body, 'evaluations') as State[])[0] ?? null, 'proposal') ?? null,
    );
}

async function runOf(changes: Parameters<typeof toyManifest>[0]): Promise<RunRecord> {
  using folder = temporaryFolder();
  const lookup = toyLookup(withMetric, withValidation, otherStudy);
  const { records } = await runToys(folder.path, { manifest: toyManifest(changes), lookup });
  return records[0] as RunRecord;
}

describe('R36 the architectures that a search samples', () => {
  const study = { use: 'toy-count', steps: 3 };

  it.each([
    ['a metric', { strategy: { use: 'toy-climb-metric', rounds: 5 } }],
    ['a validation call in each step', { strategy: { use: 'toy-climb-validation', rounds: 5 } }],
    ['a study at the end', { study: [study] }],
    ['a study in between', { study: [{ ...study, every: 1 }] }],
  ])('are the same with %s more', async (_, changes) => {
    const plain = await runOf({ study: [] });
    const changed = await runOf({ study: [], ...changes });
    expect(sampled(plain)).toHaveLength(5);
    expect(sampled(changed)).toStrictEqual(sampled(plain));
    const metrics = (record: RunRecord) => record.result?.search.best;
    expect(metrics(changed)).toStrictEqual(metrics(plain));
  });
});

describe('R36 what a study draws', () => {
  const asked = { use: 'toy-count', steps: 3 };
  const answerOf = async (study: object[], index: number) => {
    const { result } = await runOf({ study: study as (typeof asked)[] });
    const { metrics, tables } = result?.studies.find((one) => one.index === index) ?? {};
    return { metrics, tables };
  };

  it('stays when another study is put before it, behind it, or between', async () => {
    const alone = await answerOf([asked], 0);
    expect(alone.metrics?.sum).toBeTypeOf('number');
    const other = { use: 'toy-other', steps: 2 };
    expect(await answerOf([other, asked], 1)).toStrictEqual(alone);
    expect(await answerOf([asked, other], 0)).toStrictEqual(alone);
    const two = await answerOf([asked, asked], 1);
    expect(two).not.toStrictEqual(alone);
    expect(await answerOf([asked, other, asked], 2)).toStrictEqual(two);
  });
});
