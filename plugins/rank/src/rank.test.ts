import {
  ArcherError,
  type Benchmark,
  type Cache,
  createStreams,
  definePlugin,
  type Evaluation,
  type Evaluator,
  type Job,
  kendallTauB,
  type Plugin,
  type Proposal,
  pureEvaluator,
  type Report,
  type State,
  type StudyContext,
  type Views,
} from '@archer-nas/core';
import toys, { type Bits, bitSpace, createParts, describeJob, drive } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { candidatesOf } from './candidates.ts';
import plugin from './index.ts';
import { knownArchitectures } from './known-architectures.ts';
import { rankOptions } from './options.ts';
import { type RankParts, rankStudy } from './rank.ts';

const space = bitSpace(6);
const ones = (a: Bits): number => a.reduce((sum, bit) => sum + bit, 0);
const metric = { name: 'accuracy', unit: '%', direction: 'maximise' } as const;

/** An evaluator of a formula. */
function formula(value: (a: Bits) => number, spec: Evaluator<Bits>['metrics'][0] = metric) {
  return pureEvaluator<Bits>({
    metrics: [spec],
    perStep: 1,
    measure: (a) => ({ metrics: { [spec.name]: value(a) } }),
  });
}

const noise = (a: Bits): number => createStreams(5).stream(space.id(a)).normal();
const scores = formula((a) => ones(a) + noise(a));
const untrained = formula((a) => a[0] as number);

function toyTable(evaluator: Evaluator<Bits>): Benchmark<Bits> {
  const column = { ...metric, split: 'test', description: '' } as const;
  return {
    name: 'Toy table',
    columns: [column],
    column,
    description: '64 rows',
    hash: '',
    value: ones,
    evaluator: () => evaluator,
  };
}

function memoryCache(): Cache & { readonly kept: Map<string, State> } {
  const kept = new Map<string, State>();
  return {
    kept,
    get: async (key) => kept.get(key),
    put: async (key, value) => {
      kept.set(key, value);
    },
  };
}

/** A training of `length` steps whose value depends on all of them, and on its state alone. */
function walk(length: number, count: { made: number }): Evaluator<Bits> {
  return {
    metrics: [metric],
    identity: 'walk',
    start(proposals, { streams }, saved) {
      let { done, values } = (saved ?? {
        done: 0,
        values: new Float64Array(proposals.length),
      }) as { done: number; values: Float64Array };
      const total = proposals.length * length;
      return {
        get state() {
          return { done, values: values.slice() };
        },
        get progress() {
          return { done, total, unit: 'step' } as const;
        },
        async step() {
          count.made += 1;
          const at = Math.floor(done / length);
          const id = space.id((proposals[at] as Proposal<Bits>).architecture);
          values = values.slice();
          values[at] = 0.9 * (values[at] as number) + streams.stream(id, done % length).normal();
          done += 1;
          return {};
        },
        evaluations: () =>
          proposals.slice(0, Math.floor(done / length)).map((proposal, at) => {
            const metrics = { accuracy: values[at] as number };
            return { proposal, metrics, cost: {}, status: 'final' as const };
          }),
      };
    },
  };
}

describeJob('a ranking against trainings of several steps, with a cache', {
  begin: (saved) =>
    begin(
      {
        truth: walk(3, { made: 0 }),
        options: { architectures: { sample: 3 }, bootstrap: { resamples: 20 } },
      },
      saved,
    ),
});

function contextWith(views: Views<Bits>, cache: Cache = memoryCache()): StudyContext<Bits> {
  const progress = { done: 1, total: 1, unit: 'round' } as const;
  return {
    streams: createStreams(0).scope('study'),
    search: { views, incumbents: () => [], progress },
    open: () => {
      throw new ArcherError('ARCHER_NO_DATA', 'no data');
    },
    cache,
  };
}

type Given = Partial<RankParts<Bits>> & {
  options?: object;
  views?: Views<Bits>;
  cache?: Cache;
};

function begin({ options = {}, views = { scores }, cache, ...parts }: Given, saved?: State) {
  const study = rankStudy<Bits>(
    { space, truth: formula(ones), ...parts },
    rankOptions.parse(options),
  );
  return study.begin(contextWith(views, cache), saved);
}

async function answer(job: Job): Promise<Report> {
  let last: Report = {};
  await drive(job, (report) => {
    last = report;
  });
  return last;
}

describeJob('a ranking', {
  begin: (saved) =>
    begin(
      {
        views: { scores, untrained },
        options: { architectures: { sample: 9 }, chunk: 4, bootstrap: { resamples: 20 } },
      },
      saved,
    ),
});

describe('rank', () => {
  it('reports what the metrics say of all architectures, next to the baselines', async () => {
    const report = await answer(await begin({ views: { scores, untrained } }));
    const all = [...space.all()];
    const truth = all.map(ones);
    const tau = kendallTauB(
      all.map((a) => ones(a) + noise(a)),
      truth,
    );
    const { metrics = {}, tables } = report;
    expect(metrics).toMatchObject({
      n: 64,
      'kendall-tau': tau,
      'baseline/params/kendall-tau': kendallTauB(
        all.map((a) => space.costs.of(a).params as number),
        truth,
      ),
      'baseline/untrained/kendall-tau': kendallTauB(
        all.map((a) => a[0] as number),
        truth,
      ),
    });
    expect(metrics['kendall-tau-low']).toBeLessThan(tau);
    expect(metrics['kendall-tau-high']).toBeGreaterThan(tau);
    expect(metrics['spearman-low']).toBeLessThan(metrics.spearman as number);
    expect(metrics['p-at-top10']).toBeGreaterThan(0);
    // Without correlation the standard deviation of tau is 0.086 at n = 64.
    expect(Math.abs(metrics['baseline/random/kendall-tau'] as number)).toBeLessThan(3 * 0.086);
    expect(tables?.rank?.rows.map(([name]) => name)).toEqual([
      'supernet',
      'random',
      'params',
      'untrained',
    ]);
    expect(tables?.scores?.rows[3]).toEqual(['000011', 2 + noise([0, 0, 0, 0, 1, 1]), 2]);
  });

  it('turns metrics that are to be minimised around', async () => {
    const error = { name: 'error', unit: '%', direction: 'minimise' } as const;
    const perfect = { scores: formula((a) => -ones(a), error) };
    const { metrics } = await answer(await begin({ views: perfect }));
    expect(metrics).toMatchObject({ 'kendall-tau': 1, 'p-at-top10': 1 });
    const { metrics: both } = await answer(
      await begin({ views: perfect, truth: formula(ones, error) }),
    );
    expect(both?.['kendall-tau']).toBe(-1);
  });

  it('leaves failures out and says how many', async () => {
    const partly = formula((a) => (a[5] === 1 ? Number.NaN : ones(a)));
    const report = await answer(await begin({ views: { scores: partly } }));
    expect(report.metrics).toMatchObject({ n: 32, 'kendall-tau': 1 });
    expect(report.notes).toContain('32 of 64 architectures have no score or no truth.');
  });

  it('has no metric where there is nothing to order', async () => {
    const report = await answer(await begin({ views: { scores: formula(() => 7) } }));
    expect(report.metrics).not.toHaveProperty('kendall-tau');
    expect(report.tables?.rank?.rows[0]?.slice(0, 4)).toEqual(['scores', 64, null, null]);
  });

  it('calls the first row a supernet only beside an untrained one, whose metrics stay', async () => {
    const search = await answer(await begin({ views: { scores } }));
    expect(search.tables?.rank?.rows[0]?.[0]).toBe('scores');
    const supernet = await answer(await begin({ views: { scores, untrained } }));
    expect(supernet.tables?.rank?.rows[0]?.[0]).toBe('supernet');
    expect(supernet.metrics).toMatchObject(search.metrics ?? {});
  });

  it('ranks again without architectures at chance', async () => {
    const atChance = (a: Bits): number => (a[0] === 1 ? 50 : 50 + ones(a));
    const given = { truth: formula(atChance), classes: 2, views: { scores: formula(ones) } };
    const { metrics } = await answer(await begin(given));
    expect(metrics).toMatchObject({ n: 64, 'above-chance/n': 31, 'above-chance/kendall-tau': 1 });
  });

  it('also ranks within the sources of the scores, where offsets between them do not count', async () => {
    // In order within each half, but every architecture of one half is below all of the other.
    const offset = (a: Bits): number => ones(a) - 100 * (a[0] as number);
    const grouped = { ...formula(offset), group: (a: Bits) => a[0] as number };
    const { metrics, tables } = await answer(await begin({ views: { scores: grouped } }));
    expect(metrics?.['kendall-tau']).toBeLessThan(0.5);
    expect(metrics).toMatchObject({ 'within-groups/kendall-tau': 1, 'within-groups/n': 64 });
    expect(tables?.rank?.rows[1]?.slice(0, 3)).toEqual(['within-groups', 64, 1]);
    // The mean over groups of unequal sizes, one of which has a single architecture.
    const some = { options: { architectures: ['000000', '000001', '000011', '100000'] } };
    const scored = { ...formula((a) => (a[4] === 1 ? 0 : ones(a))), group: grouped.group };
    const few = await answer(await begin({ ...some, views: { scores: scored } }));
    // (0, 1, 0) against (0, 1, 2): one pair in order, one against it, one tied in the scores.
    expect(few.metrics).toMatchObject({ 'within-groups/kendall-tau': 0, 'within-groups/n': 3 });
    const { metrics: one } = await answer(await begin({}));
    expect(one).not.toHaveProperty('within-groups/n');
  });

  it('ranks the architectures that are listed, or as many as asked for', async () => {
    const listed = await answer(
      await begin({ options: { architectures: ['000111', '000000', '000111'] } }),
    );
    expect(listed.tables?.scores?.rows.map(([id]) => id)).toEqual(['000111', '000000']);
    const sample = await answer(await begin({ options: { architectures: { sample: 10 } } }));
    expect(new Set(sample.tables?.scores?.rows.map(([id]) => id)).size).toBe(10);
    await expect(begin({ options: { architectures: { sample: 65 } } })).rejects.toThrow(
      'gave only 64 of 65',
    );
  });

  it('keeps what it has trained for the next run, under the identity of the training', async () => {
    const cache = memoryCache();
    let trainings = 0;
    const training = (identity: string) => ({
      ...formula((a) => {
        trainings += 1;
        return ones(a);
      }),
      identity,
    });
    const options = { architectures: { sample: 5 } };
    const first = await answer(await begin({ truth: training('12 epochs'), cache, options }));
    expect(cache.kept.size).toBe(5);
    trainings = 0;
    const second = await answer(await begin({ truth: training('12 epochs'), cache, options }));
    expect(trainings).toBe(0);
    expect(second).toEqual(first);
    await answer(await begin({ truth: training('20 epochs'), cache, options }));
    expect(cache.kept.size).toBe(10);
  });

  it('steps through a training, and loses of it at most the step in progress', async () => {
    const cache = memoryCache();
    const steps = { made: 0 };
    const given = { truth: walk(5, steps), cache, options: { architectures: { sample: 4 } } };
    const straight = await answer(await begin(given));
    expect(steps.made).toBe(4 * 5);
    steps.made = 0;
    cache.kept.clear();
    // Killed in the middle of the second training, two steps after its state was saved.
    const killed = await begin(given);
    const { signal } = new AbortController();
    for (let i = 0; i < 7; i++) await killed.step(signal);
    const saved = structuredClone(killed.state);
    expect(killed.progress.done).toBe(7);
    for (let i = 0; i < 2; i++) await killed.step(signal);
    const resumed = await begin(given, saved);
    expect(resumed.progress).toEqual({ ...killed.progress, done: 7 });
    expect(await answer(resumed)).toEqual(straight);
    expect(steps.made).toBe(4 * 5 + 2);
  });

  it('offers its columns as phases, a few architectures each', async () => {
    const steps = { made: 0 };
    const options = { architectures: { sample: 12 }, chunk: 6 };
    const cache = memoryCache();
    const given = { truth: walk(5, steps), options, cache, views: { scores, untrained } };
    const job = await begin(given);
    const samples = async ({ phases = [] }: Job) => {
      const all = await Promise.all(phases.map(({ sample }) => sample()));
      for (const sample of all) await drive(sample.job);
      return all.map(({ job, times }, i) => [phases[i]?.name, times, job.progress.total]);
    };
    expect(await samples(job)).toEqual([
      ['truth', 12, 5],
      ['scores', 3, 4],
      ['untrained', 3, 4],
    ]);
    expect(steps.made).toBe(5);
    expect(job.progress.done).toBe(0);
    // Nine trainings, which are then in the cache: three are left.
    const { signal } = new AbortController();
    for (let i = 0; i < 9 * 5; i++) await job.step(signal);
    expect((await samples(await begin(given)))[0]).toEqual(['truth', 3, 5]);
    await answer(job);
    expect((await samples(await begin(given)))[0]).toEqual(['truth', 0, 0]);
  });

  it('reads a benchmark at once, and keeps nothing of it', async () => {
    const cache = memoryCache();
    const atOnce = pureEvaluator<Bits>({
      metrics: [metric],
      measure: (a) => ({ metrics: { accuracy: ones(a) } }),
    });
    const truth = toyTable(atOnce);
    const job = await begin({ truth, cache, options: { chunk: 64 } });
    await job.step(new AbortController().signal);
    expect(job.progress.done).toBe(64);
    expect((await answer(job)).notes).toContain('Toy table: 64 rows');
    expect(cache.kept.size).toBe(0);
  });

  it('ranks those that a table of a sample has, each network once', async () => {
    // Of the 64 the table has the 20 with three ones; any order of the bits trains alike,
    // except for the first bit.
    const has = (a: Bits) => ones(a) === 3;
    const canonical = (a: Bits) => `${a[0]}${ones(a)}`;
    const truth = { ...toyTable(formula(ones)), has };
    const known = knownArchitectures({ ...space, canonical }, truth);
    expect(known.map(space.format)).toEqual(['000111', '100011']);
    const job = await begin({ truth, options: { architectures: 'known' } });
    expect((await answer(job)).metrics?.n).toBe(20);
    expect(() => knownArchitectures(space, formula(ones))).toThrow(
      expect.objectContaining({ code: 'ARCHER_ARCHITECTURES' }),
    );
  });
});

describe('the order of candidates', () => {
  const candidate = (architecture: Bits, id: number): Evaluation<Bits> => {
    return { proposal: { id: `${id}`, architecture }, metrics: {}, cost: {}, status: 'final' };
  };
  const views = (texts: readonly string[]) => ({
    scores: formula((a) => -ones(a)),
    candidates: {
      evaluations: () => texts.map((text, id) => candidate(space.parse(text), id)),
      judged: () => texts.length,
    },
  });

  it('is of those that the search has chosen from, each once', async () => {
    const options = { architectures: 'candidates' } as const;
    const job = await begin({ options, views: views(['111000', '111100', '111000', '000001']) });
    expect((await answer(job)).metrics).toMatchObject({ n: 3, 'kendall-tau': -1 });
  });

  it('needs two of them', () => {
    expect(() => candidatesOf(space, { views: views(['111000', '111000']) })).toThrow(
      expect.objectContaining({ code: 'ARCHER_ARCHITECTURES' }),
    );
    expect(() => candidatesOf(space, { views: {} })).toThrow('has 0 candidates');
  });
});

describe('the plugin', () => {
  const missing = definePlugin({
    id: 'toy-missing',
    kind: 'benchmark',
    summary: 'A table that is not there.',
    options: z.strictObject({}),
    create: () => {
      throw new ArcherError('ARCHER_DATA_MISSING', 'toy.csv is not in the data folder');
    },
  });
  const blocks = {
    plugins: [...toys, plugin, missing] as unknown as Plugin[],
    space: { use: 'toy-bits', bits: 4 },
    evaluator: { use: 'toy-ones' },
    strategy: { use: 'toy-climb', rounds: 2 },
  };

  it('says what it ranks against when the benchmark is not there', async () => {
    const study = { use: 'rank', truth: { use: 'toy-missing' }, fallback: { use: 'toy-ones' } };
    const parts = await createParts({ ...blocks, study: [study] });
    const job = await parts.studies[0]?.study.begin(contextWith({ scores: formula(ones) }));
    const report = await answer(job as Job);
    expect(report.metrics).toMatchObject({ n: 16, 'kendall-tau': 1 });
    expect(report.notes?.[0]).toContain('is not there; ranked against the fallback');
    // The reason may name a folder of this machine: it is no part of the result.
    expect(report.notes?.join()).not.toContain('toy.csv');
    expect(report.notes).toContain('The truth is ones (bits): number of ones.');
  });

  it('fails without a fallback', async () => {
    const study = { use: 'rank', truth: { use: 'toy-missing' } };
    await expect(createParts({ ...blocks, study: [study] })).rejects.toThrow('toy.csv');
  });
});
