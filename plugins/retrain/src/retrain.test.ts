import {
  createStreams,
  type Dependencies,
  type Evaluation,
  type EvaluationContext,
  type Evaluator,
  type Maker,
  memorySplit,
  type State,
  type StudyContext,
} from '@archer-nas/core';
import { type Bits, bitSpace } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';
import plugins from './index.ts';
import { retrain } from './retrain.ts';

const { signal } = new AbortController();
const space = bitSpace(2);
const split = (name: 'valid' | 'test') => memorySplit(name, Int32Array.of(0), new Uint8Array(1));

/** What a training of each comes to; [1, 1] diverges. */
const VALID: Readonly<Record<string, number>> = { '00': 70, '01': 90, '10': 80 };
const TEST: Readonly<Record<string, number>> = { '00': 69, '01': 88, '10': 89 };

/** Trains in two steps each, and scores on every split that it is given. */
function training(asked: EvaluationContext[] = []): Evaluator<Bits> {
  return {
    metrics: [{ name: 'accuracy', unit: '%', direction: 'maximise' }],
    description: 'trained alone',
    start(proposals, context, saved) {
      asked.push(context);
      let done = Number(saved ?? 0);
      const evaluation = (proposal: (typeof proposals)[number]): Evaluation<Bits> => {
        const name = space.format(proposal.architecture);
        const also = context.also?.length ? { 'test-accuracy': TEST[name] ?? Number.NaN } : {};
        const status = name in VALID ? 'final' : 'failed';
        return {
          proposal,
          metrics: { accuracy: VALID[name] ?? Number.NaN, ...also },
          ...{ cost: { epochs: 3 }, status },
        };
      };
      const evaluations = () => proposals.slice(0, Math.floor(done / 2)).map(evaluation);
      return {
        get state() {
          return done;
        },
        get progress() {
          return { done, total: 2 * proposals.length, unit: 'step' } as const;
        },
        async step() {
          done += 1;
          return done % 2 === 0 ? { evaluations: evaluations().slice(-1) } : {};
        },
        evaluations,
      };
    },
  };
}

const scored = (architecture: Bits, accuracy: number): Evaluation<Bits> => ({
  proposal: { id: 'of-the-search', architecture },
  ...{ metrics: { accuracy }, cost: {}, status: 'final' },
});
const MODELS = [scored([0, 0], 55), scored([0, 1], 50), scored([1, 0], 45), scored([1, 1], 40)];
const parts = {
  ...{ space, models: MODELS, judged: 40, truth: training(), streams: createStreams(0) },
  images: split('valid'),
  test: split('test'),
};

async function answered(given: Partial<typeof parts> & { choice?: Evaluator<Bits> } = {}) {
  const job = retrain({ ...parts, ...given });
  const reports = [];
  while (job.progress.done < job.progress.total) reports.push(await job.step(signal));
  return { reports, answer: reports.at(-1) };
}

describe('retrain', () => {
  it("reports the search's choice, and the best of all by validation, on test images", async () => {
    const { reports, answer } = await answered();
    expect(reports).toHaveLength(8);
    expect(answer?.metrics).toEqual({
      retrained: 69,
      'retrained-all': 88, // 90 on valid images; 89 on test images is not looked at for this
      'retrained-all-gain': 19,
      'retrained-mean': (69 + 88 + 89) / 3,
      'retrained-networks': 4,
      'retrained-epochs': 12,
      'architectures-judged': 40,
    });
    expect(answer?.tables?.retrain?.rows).toEqual([
      ['00', 55, 70, 69],
      ['01', 50, 90, 88],
      ['10', 45, 80, 89],
      ['11', 40, null, null],
    ]);
    // Evaluations of a study are none of the search.
    expect(reports.every((report) => report.evaluations === undefined)).toBe(true);
  });

  it('of one model has no other to compare it with', async () => {
    const { answer } = await answered({ models: MODELS.slice(1, 2) });
    expect(answer?.metrics).toEqual({
      retrained: 88,
      'retrained-networks': 1,
      'retrained-epochs': 3,
      'architectures-judged': 40,
    });
  });

  it('chooses by a table where it is given one, the least where less is better', async () => {
    const metrics = [{ name: 'loss', unit: '', direction: 'minimise' }] as const;
    const losses: Readonly<Record<string, number>> = { '00': 3, '01': 2, '10': 1, '11': 0 };
    const choice: Evaluator<Bits> = {
      metrics,
      start: (proposals) => ({
        ...{ state: null, progress: { done: 1, total: 1, unit: 'evaluation' } },
        step: async () => ({}),
        evaluations: () =>
          proposals.map((proposal) => {
            const loss = losses[space.format(proposal.architecture)] as number;
            return { proposal, metrics: { loss }, cost: {}, status: 'final' };
          }),
      }),
    };
    const { answer } = await answered({ choice });
    // [1, 1] has the least, but its training failed.
    expect(answer?.metrics).toMatchObject({ retrained: 69, 'retrained-all': 89 });
    expect(answer?.metrics?.['retrained-all-gain']).toBe(20);
  });

  it('counts no epochs that a table remembers', async () => {
    const { answer } = await answered({ truth: { ...training(), recorded: true } });
    expect(answer?.metrics?.['retrained-epochs']).toBe(0);
  });

  it('says so where it chooses by what it reports', async () => {
    const { test: _, ...valid } = parts;
    const job = retrain(valid);
    let last = {};
    while (job.progress.done < job.progress.total) last = await job.step(signal);
    expect(last).toMatchObject({ metrics: { retrained: 70, 'retrained-all': 90 } });
    expect(JSON.stringify(last)).toContain('too good');
  });

  it('goes on from any step', async () => {
    const straight = await answered();
    let state: State | undefined;
    let last = {};
    for (let step = 0; step < 8; step++) {
      const job = retrain(parts, state);
      expect(job.progress.done).toBe(step);
      last = await job.step(signal);
      state = structuredClone(job.state);
    }
    expect(last).toEqual(straight.answer);
  });
});

describe('the models that are trained', () => {
  const maker = plugins.find(({ id }) => id === 'retrain') as unknown as Maker<'study'>;
  const candidates = {
    evaluations: () => [scored([0, 1], 50), scored([0, 0], 50), scored([0, 1], 50)],
    judged: () => 12,
  };
  const asked = async (options: object, views: object = { candidates }) => {
    const contexts: EvaluationContext[] = [];
    const study = await maker.create(maker.options.parse(options), {
      ...{ space, permit: 'test-split', parts: { truth: training(contexts) } },
    } as unknown as Dependencies);
    const search = { views, incumbents: () => [scored([1, 0], 50)] };
    const context = { search, open: split, streams: parts.streams };
    const job = await study.begin(context as unknown as StudyContext<Bits>);
    return { networks: job.progress.total / 2, contexts };
  };

  it("are the search's choice, all of its selection once each, or so many of these", async () => {
    expect((await asked({})).networks).toBe(1);
    expect((await asked({ architectures: 'all' })).networks).toBe(3);
    expect((await asked({ architectures: 2 })).networks).toBe(2);
    expect((await asked({ architectures: 'all' }, {})).networks).toBe(1);
  });

  it('are scored on valid images, and on test images too where that is permitted', async () => {
    const splits = async (options: object) =>
      (await asked(options)).contexts.map(({ images, also = [] }) =>
        [images, ...also].map((one) => one?.name),
      );
    expect(await splits({})).toEqual([['valid']]);
    expect(await splits({ on: 'test' })).toEqual([['valid', 'test']]);
    const create = () =>
      maker.create(maker.options.parse({ on: 'test' }), { space, parts: {} } as never);
    expect(create).toThrow(expect.objectContaining({ code: 'ARCHER_TEST_WITHHELD' }));
  });
});
