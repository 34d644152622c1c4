import { createStreams, type EvaluationContext, type Proposal } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import type { Forward } from '@archer-nas/nn';
import { type Bits, drive } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';
import { trainEvaluator } from './evaluator.ts';
import plugins from './index.ts';
import { trainOptions } from './options.ts';
import { data, space, splits } from './testing/toy-network.ts';
import { learningRate } from './training.ts';

const context = (): EvaluationContext => ({
  images: splits.valid,
  batches: 'all',
  streams: createStreams(1),
});
const proposals: Proposal<Bits>[] = [
  { id: 'a', architecture: [1, 0] },
  { id: 'b', architecture: [0, 1] },
];
const withEngine = (settings: object, engineClass = 'js') => ({
  ...trainOptions.parse(settings),
  engineClass,
});
const evaluator = (settings: object) =>
  trainEvaluator(space, data, withEngine({ lr: 0.05, clip: 5, ...settings }));

describe('train', () => {
  it('learns what separates the classes, and scores with running statistics', async () => {
    const job = evaluator({ epochs: 15 }).start(proposals, context());
    expect(job.progress).toEqual({ done: 0, total: 2 * 15 * 3, unit: 'step' });
    await drive(job);
    for (const { metrics, cost, status } of job.evaluations()) {
      expect(metrics.accuracy).toBeGreaterThan(80);
      expect(cost).toEqual({ epochs: 15, images: 15 * 22 });
      expect(status).toBe('final');
    }
  });

  it('gives an architecture the same result whatever is trained beside it', async () => {
    const accuracies = async (list: Proposal<Bits>[]) => {
      const job = evaluator({ epochs: 2 }).start(list, context());
      await drive(job);
      return new Map(job.evaluations().map(({ proposal, metrics }) => [proposal.id, metrics]));
    };
    const both = await accuracies(proposals);
    const reversed = await accuracies([...proposals].reverse());
    const alone = await accuracies(proposals.slice(1));
    expect(reversed.get('a')).toEqual(both.get('a'));
    expect(alone.get('b')).toEqual(both.get('b'));
    expect(both.get('a')).not.toEqual(both.get('b'));
  });

  it('can estimate the statistics of batch norm anew, which few steps leave unfinished', async () => {
    const accuracy = async (recalibration: number) => {
      // Far from mean 0, where running statistics start.
      const bright = { ...data, mean: [-2, -2, -2] };
      const options = withEngine({ lr: 0.05, clip: 5, epochs: 5, recalibration });
      const job = trainEvaluator(space, bright, options).start(proposals, context());
      await drive(job);
      return job.evaluations()[0]?.metrics.accuracy;
    };
    const before = tf.memory().numTensors;
    const running = Number(await accuracy(0));
    expect(await accuracy(3)).toBeGreaterThan(running + 20);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('lets the cosine start again where it is asked to (check E of ENAS)', () => {
    const recipe = { epochs: 310, lr: 0.05, minLr: 0.001 };
    const once = learningRate(trainOptions.parse(recipe));
    expect(once(155)).toBeCloseTo(0.0255, 12);
    const again = learningRate(trainOptions.parse({ ...recipe, restarts: { first: 10 } }));
    expect([0, 10, 30, 70, 150].map(again)).toEqual(Array(5).fill(0.05));
    expect([9, 29, 309].map((e) => Number(again(e).toFixed(6)))).toEqual([
      ...[0.002199, 0.001302, 0.001005],
    ]);
  });

  it('takes its epochs from a budget, and refuses other units', () => {
    const budget = { amount: 3, unit: 'epoch' } as const;
    const jobs = evaluator({ epochs: 9 });
    expect(jobs.start(proposals, { ...context(), budget }).progress.total).toBe(2 * 3 * 3);
    const own = proposals.map((proposal) => ({ ...proposal, budget: { ...budget, amount: 1 } }));
    expect(jobs.start(own, { ...context(), budget }).progress.total).toBe(2 * 3);
    const seconds = { ...context(), budget: { amount: 3, unit: 'second' } as const };
    expect(() => jobs.start(proposals, seconds)).toThrow(
      /whole epochs, at least 1; given: 3 second/,
    );
  });

  it('ramps drop-path up linearly, and asks for an auxiliary head in training alone', async () => {
    const seen: Pick<Forward, 'dropPath' | 'auxiliary' | 'batchNorm'>[] = [];
    const watched: typeof space = {
      ...space,
      network(bits, task) {
        const network = space.network(bits, task);
        return {
          ...network,
          dropPath: true,
          auxiliary: task.auxiliary ?? false,
          forward(images, gates, forward) {
            const logits = network.forward(images, gates, forward);
            forward.auxiliary?.(logits);
            seen.push(forward);
            return logits;
          },
        };
      },
    };
    const options = withEngine({ epochs: 4, dropPath: 0.2, auxiliary: 0.4 });
    const job = trainEvaluator(watched, data, options).start(proposals.slice(0, 1), context());
    await drive(job);
    const training = seen.filter(({ batchNorm }) => batchNorm === 'train');
    // 0.2 · epoch / epochs, three steps each.
    const rates = training.map(({ dropPath = 0 }) => Number(dropPath.toFixed(4)));
    expect(rates).toEqual([0, 0, 0, 0.05, 0.05, 0.05, 0.1, 0.1, 0.1, 0.15, 0.15, 0.15]);
    expect(training.every(({ auxiliary }) => auxiliary !== undefined)).toBe(true);
    const scoring = seen.filter(({ batchNorm }) => batchNorm === 'running');
    expect(scoring.length).toBeGreaterThan(0);
    expect(scoring.every(({ auxiliary, dropPath }) => !auxiliary && !dropPath)).toBe(true);
  });

  it.each([{ auxiliary: 0.4 }, { dropPath: 0.2 }])(
    'refuses %o where the networks of a space have no place for it',
    async (extra) => {
      const job = evaluator({ epochs: 1, ...extra }).start(proposals, context());
      await expect(job.step(new AbortController().signal)).rejects.toThrow(
        expect.objectContaining({ code: 'ARCHER_CAPABILITY' }),
      );
    },
  );

  it('drops in front of the classifier in training alone, of networks that can', async () => {
    const seen: Pick<Forward, 'dropout' | 'batchNorm'>[] = [];
    const dropping: typeof space = {
      ...space,
      network(bits, task) {
        const network = space.network(bits, task);
        const forward: typeof network.forward = (images, gates, pass) => {
          seen.push(pass);
          return network.forward(images, gates, pass);
        };
        return { ...network, dropout: true, forward };
      },
    };
    const options = withEngine({ epochs: 1, dropout: 0.5 });
    await drive(trainEvaluator(dropping, data, options).start(proposals, context()));
    const rates = (mode: string) =>
      new Set(seen.filter(({ batchNorm }) => batchNorm === mode).map((pass) => pass.dropout ?? 0));
    expect(rates('train')).toEqual(new Set([0.5]));
    expect(rates('running')).toEqual(new Set([0]));
    const job = trainEvaluator(space, data, options).start(proposals, context());
    await expect(job.step(new AbortController().signal)).rejects.toThrow(/have no dropout/);
  });

  it('says when a training diverged', async () => {
    const wild = withEngine({ lr: 1e30, epochs: 2 });
    const job = trainEvaluator(space, data, wild).start(proposals.slice(0, 1), context());
    await drive(job);
    expect(job.evaluations()[0]?.status).toBe('failed');
    expect(job.evaluations()[0]?.reason).toMatch(/diverged/);
  });

  it('scores on the valid split where a context has no images', async () => {
    const { images: _, ...blind } = context();
    const accuracies = [];
    for (const chosen of [blind, { ...blind, images: data.open('valid') }]) {
      const job = evaluator({ epochs: 1 }).start(proposals.slice(0, 1), chosen);
      await drive(job);
      accuracies.push(job.evaluations()[0]?.metrics.accuracy);
    }
    expect(accuracies[0]).toBeDefined();
    expect(accuracies[0]).toBe(accuracies[1]);
  });

  it('scores one training on several splits', async () => {
    const score = async (images: keyof typeof splits, also: (keyof typeof splits)[] = []) => {
      const more = { images: splits[images], also: also.map((name) => splits[name]) };
      const job = evaluator({ epochs: 3 }).start(proposals, { ...context(), ...more });
      await drive(job);
      return job.evaluations().map(({ metrics }) => metrics);
    };
    const both = await score('valid', ['train']);
    const trained = await score('train');
    expect(both.map(({ accuracy }) => accuracy)).toEqual(
      (await score('valid')).map(({ accuracy }) => accuracy),
    );
    expect(both.map((metrics) => metrics['train-accuracy'])).toEqual(
      trained.map(({ accuracy }) => accuracy),
    );
  });

  it('has an identity that changes with recipe, engine and data, not from call to call', () => {
    const identity = (settings: object) => evaluator(settings).identity;
    expect(identity({})).toBe(identity({}));
    expect(identity({ epochs: 2 })).not.toBe(identity({ epochs: 3 }));
    const onEngine = (engine: string) =>
      trainEvaluator(space, data, withEngine({}, engine)).identity;
    expect(onEngine('js')).not.toBe(onEngine('native'));
  });

  it('keeps the number of tensors constant and frees all', async () => {
    const before = tf.memory().numTensors;
    const job = evaluator({ epochs: 2 }).start(proposals, context());
    const counts: number[] = [];
    for (let i = 0; i < 5; i++) {
      await job.step(new AbortController().signal);
      counts.push(tf.memory().numTensors);
    }
    expect(new Set(counts).size).toBe(1);
    job.dispose?.();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('has the recipe of NAS-Bench-201 as its defaults and names its sizes', () => {
    expect(plugins.map(({ id }) => id)).toEqual(['train', 'train-language']);
    const options = trainOptions.parse({});
    expect(options).toMatchObject({ epochs: 200, lr: 0.1, weightDecay: 5e-4, nesterov: true });
    const { description } = trainEvaluator(space, data, withEngine({ epochs: 3, images: 10 }));
    expect(description).toMatch(/trained alone for 3 epochs on 10 images of toy/);
  });
});
