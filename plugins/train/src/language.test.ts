import { createStreams, type EvaluationContext, type State } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { drive } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';
import { languageTrainEvaluator } from './language-evaluator.ts';
import { languageOptions } from './language-options.ts';
import { toyCells, toyCorpus } from './testing/toy-language.ts';

const data = toyCorpus();
const context = (): EvaluationContext => ({
  images: data.open('valid'),
  batches: 'all',
  streams: createStreams(1),
});
const proposals = [{ id: 'a', architecture: [0, 0] as const }];
const options = (settings: object) => ({
  ...languageOptions.parse({ lr: 5, clip: 1, evaluationLanes: 2, ...settings }),
  engineClass: 'js',
});
const begin = (settings: object, { space = toyCells(), corpus = data } = {}) =>
  languageTrainEvaluator(space, corpus, options(settings)).start(proposals, context());
const { signal } = new AbortController();

/** The metrics of every epoch. */
async function epochs(settings: object, parts = {}): Promise<Record<string, number>[]> {
  const job = begin(settings, parts);
  const found: Record<string, number>[] = [];
  while (job.progress.done < job.progress.total) {
    const { metrics } = await job.step(signal);
    if (metrics) found.push({ ...metrics });
  }
  job.dispose?.();
  return found;
}

/** The perplexity of a text under its own frequencies of pairs: who knows one letter is not better. */
function bestWithoutMemory(tokens: Int32Array): number {
  const pairs = new Map<string, number>();
  const firsts = new Map<number, number>();
  const count = tokens.length - 1;
  for (let at = 0; at < count; at++) {
    const [first, pair] = [tokens[at] as number, `${tokens[at]} ${tokens[at + 1]}`];
    firsts.set(first, (firsts.get(first) ?? 0) + 1);
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  const nats = [...pairs].map(([pair, n]) => n * Math.log((firsts.get(Number(pair[0])) ?? 0) / n));
  return Math.exp(nats.reduce((sum, value) => sum + value, 0) / count);
}

type Weights = Record<string, { data: Float32Array }>;
type Saved = { training: { parameters: Weights; average: Weights } };

describe('train-language', () => {
  it('learns a text that one letter does not tell, by what it carries from window to window', async () => {
    const trained = await epochs({ epochs: 30, lr: 3, windows: 'fixed', nonMonotone: null });
    const perplexities = trained.map(({ perplexity }) => perplexity as number);
    expect(Math.min(...perplexities)).toBeLessThan(bestWithoutMemory(data.open('valid').tokens));
    expect(Object.keys(trained[0] ?? {})).toEqual([
      ...['proposal', 'epoch', 'train-loss', 'train-perplexity', 'lr', 'averages', 'perplexity'],
      'bits-per-token',
    ]);
  });

  it('scores uniform predictions with the size of the vocabulary', async () => {
    // No step is long enough to be seen, and the embedding, thus every logit, is almost zero.
    const trained = await epochs({ epochs: 1, lr: 1e-9 }, { space: toyCells({}, 1e-6) });
    expect(trained[0]?.perplexity).toBeCloseTo(3, 5);
    expect(trained[0]?.['bits-per-token']).toBeCloseTo(Math.log2(3), 5);
    expect(trained[0]?.['train-perplexity']).toBeCloseTo(3, 5);
  });

  it('carries its state from window to window: its loss is that of a text read in one piece', async () => {
    const images = data.open('train');
    const settings = { epochs: 1, lr: 1e-9, windows: 'varied', evaluationLanes: 4 };
    const one = languageTrainEvaluator(toyCells(), { ...data, window: 39 }, options(settings));
    const job = one.start(proposals, { ...context(), images });
    await drive(job);
    const inPieces = await epochs(settings);
    const whole = job.evaluations()[0]?.metrics.perplexity as number;
    expect(inPieces[0]?.['train-perplexity']).toBeCloseTo(whole, 4);
  });

  it('takes one step per window: those of every epoch, and a budget in epochs', () => {
    // 160 tokens in 4 lanes of 40: 39 are read, in 5 windows.
    expect(begin({ epochs: 3, windows: 'fixed' }).progress.total).toBe(15);
    const budget = { amount: 2, unit: 'epoch' } as const;
    const evaluator = languageTrainEvaluator(toyCells(), data, options({ windows: 'fixed' }));
    expect(evaluator.start(proposals, { ...context(), budget }).progress.total).toBe(10);
  });

  it('averages the iterates from the epoch after the trigger on, and scores the average', async () => {
    // Steps so long that the third epoch is worse than the first.
    const settings = { epochs: 5, clip: null, nonMonotone: 1, windows: 'fixed' };
    const job = begin({ ...settings, keep: 'last' });
    const iterates: Float32Array[] = [];
    let averaging = false;
    let perplexity = Number.NaN;
    let average: Weights = {};
    while (job.progress.done < job.progress.total) {
      const { metrics } = await job.step(signal);
      if (metrics?.perplexity !== undefined) perplexity = metrics.perplexity;
      const { training } = job.state as unknown as Saved;
      if (training === null) break;
      averaging ||= Object.keys(training.average).length > 0;
      if (averaging) {
        iterates.push(training.parameters['x.value']?.data as Float32Array);
        average = training.average;
      }
    }
    expect(iterates.length, 'the last step frees its training').toBeGreaterThan(3);
    const mean = (at: number) =>
      iterates.reduce((sum, w) => sum + (w[at] ?? 0), 0) / iterates.length;
    average['x.value']?.data.forEach((value, at) => {
      expect(value).toBeCloseTo(mean(at), 4);
    });
    expect(job.evaluations()[0]?.metrics.perplexity).toBeCloseTo(perplexity, 6);
    const plain = await epochs({ ...settings, nonMonotone: null });
    expect(plain[2]?.perplexity).toBeGreaterThan(plain[0]?.perplexity as number);
    expect(plain.at(-1)?.perplexity).not.toBeCloseTo(perplexity, 2);
    expect(plain.every(({ averages }) => averages === 0)).toBe(true);
  });

  it('scores the weights of the best epoch, or of the last', async () => {
    const settings = { epochs: 6, lr: 40, clip: 2, nonMonotone: null };
    const found = (await epochs(settings)).map(({ perplexity }) => perplexity as number);
    const least = Math.min(...found);
    expect(found.at(-1), 'the last epoch is not the best').toBeGreaterThan(least);
    for (const [keep, expected] of [
      ['best', least],
      ['last', found.at(-1)],
    ] as const) {
      const job = begin({ ...settings, keep });
      await drive(job);
      expect(job.evaluations()[0]?.metrics.perplexity, keep).toBeCloseTo(expected as number, 6);
    }
  });

  it('goes on from any step as if nothing had happened, averages and best weights included', async () => {
    const settings = { epochs: 5, clip: null, nonMonotone: 1 };
    const space = toyCells({ words: 0.2, input: 0.2 });
    const evaluator = languageTrainEvaluator(space, data, options(settings));
    const whole = evaluator.start(proposals, context());
    let resumed = evaluator.start(proposals, context());
    while (whole.progress.done < whole.progress.total) {
      await whole.step(signal);
      await resumed.step(signal);
      const saved = structuredClone(resumed.state) as State;
      expect(saved).toEqual(whole.state);
      resumed.dispose?.();
      resumed = evaluator.start(proposals, context(), saved);
    }
    expect(resumed.evaluations()).toEqual(whole.evaluations());
  });

  it('shortens its steps with the windows that vary', async () => {
    const moved = async (windows: string) => {
      const job = begin({ epochs: 1, windows, clip: null, lr: 0.001 });
      await job.step(signal);
      const { training } = job.state as unknown as { training: { at: { tokens: number } } };
      job.dispose?.();
      return training.at.tokens / 4;
    };
    expect(await moved('fixed')).toBe(8);
    expect(await moved('varied')).not.toBe(8);
  });

  it('says when a training diverged', async () => {
    const job = begin({ epochs: 2, lr: 1e30, clip: null });
    await drive(job);
    expect(job.evaluations()[0]?.status).toBe('failed');
    expect(job.evaluations()[0]?.reason).toMatch(/diverged/);
  });

  it('needs a valid split for the best epoch and for the trigger, and says so', () => {
    const corpus = { ...data, splits: ['train'] as const };
    const make = (settings: object) =>
      languageTrainEvaluator(toyCells(), corpus, options(settings));
    for (const settings of [{}, { keep: 'last' }, { nonMonotone: null }]) {
      expect(() => make(settings)).toThrow(
        expect.objectContaining({ code: 'ARCHER_SPLIT_MISSING' }),
      );
    }
    expect(make({ keep: 'last', nonMonotone: null }).metrics[0]?.name).toBe('perplexity');
  });

  it('scores one training on several texts', async () => {
    const score = async (images: 'train' | 'valid', also: 'train'[] = []) => {
      const job = languageTrainEvaluator(toyCells(), data, options({ epochs: 2 })).start(
        proposals,
        {
          ...{ ...context(), images: data.open(images) },
          also: also.map((name) => data.open(name)),
        },
      );
      await drive(job);
      job.dispose?.();
      return job.evaluations()[0]?.metrics ?? {};
    };
    const both = await score('valid', ['train']);
    const train = await score('train');
    expect(both['train-perplexity']).toBe(train.perplexity);
    expect(both['train-bits-per-token']).toBe(train['bits-per-token']);
    expect(both.perplexity).toBe((await score('valid')).perplexity);
  });

  it('has an identity that changes with recipe, engine, text and batches', () => {
    const identity = (settings: object, corpus = data) =>
      languageTrainEvaluator(toyCells(), corpus, options(settings)).identity;
    expect(identity({})).toBe(identity({}));
    const others = [
      identity({ epochs: 7 }),
      identity({}, { ...data, window: 9 }),
      identity({}, { ...data, batch: 3 }),
      identity({}, { ...data, hash: 'another' }),
    ];
    expect(new Set([identity({}), ...others]).size).toBe(5);
  });

  it('keeps the number of tensors constant and frees all', async () => {
    const before = tf.memory().numTensors;
    const job = begin({ epochs: 2, windows: 'fixed', nonMonotone: null });
    const counts: number[] = [];
    for (let i = 0; i < 4; i++) {
      await job.step(signal);
      counts.push(tf.memory().numTensors);
    }
    expect(new Set(counts).size).toBe(1);
    await drive(job);
    expect(tf.memory().numTensors).toBe(before);
  });
});
