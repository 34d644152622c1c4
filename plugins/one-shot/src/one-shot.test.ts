import { createStreams, type State } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { batchReader, type Network, pathGates } from '@archer-nas/nn';
import type { Bits } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';
import { oneShot } from './one-shot.ts';
import { oneShotOptions } from './options.ts';
import { shuffledOrder } from './shuffle.ts';
import { toyData, toySearch, toySpace } from './testing/toy-supernet.ts';
import { uniformPaths } from './uniform.ts';
import type { OneShotViews } from './views.ts';

describe('one-shot', () => {
  const options = oneShotOptions.parse({ epochs: 2 });
  const parts = {
    space: toySpace(),
    data: toyData(),
    paths: uniformPaths(),
    order: shuffledOrder,
  };
  const begin = (changes: object = {}) =>
    oneShot(options, { ...parts, ...changes }).begin({ streams: createStreams(3) });
  const { signal } = new AbortController();

  it('counts a step per batch, the last partial batch included, and one per evaluation', async () => {
    const search = await begin({ search: toySearch(5) });
    expect(search.progress).toEqual({ done: 0, total: 2 * 3 + 5, unit: 'step' });
    search.dispose?.();
  });

  it('stops its search at the limit, also with a sampler that knows no end', async () => {
    const evaluation = { ...options.evaluation, searchEvaluations: 2 };
    const { evaluations: _, ...endless } = toySearch(1000);
    for (const search of [toySearch(1000), endless]) {
      const limited = await oneShot({ ...options, evaluation }, { ...parts, search }).begin({
        streams: createStreams(3),
      });
      expect(limited.progress.total).toBe(6 + 2);
      while (limited.progress.done < limited.progress.total) await limited.step(signal);
      expect(limited.progress.done).toBe(6 + 2);
      limited.dispose?.();
    }
  });

  it('has nothing to show before the search phase and the best of it afterwards', async () => {
    const search = await begin({ search: toySearch(4) });
    for (let step = 0; step < 6; step++) await search.step(signal);
    expect(search.incumbents()).toEqual([]);
    const accuracies: number[] = [];
    while (search.progress.done < search.progress.total) {
      const { evaluations = [] } = await search.step(signal);
      accuracies.push(evaluations[0]?.metrics.accuracy as number);
    }
    expect(accuracies).toHaveLength(4);
    expect(search.incumbents()[0]?.metrics.accuracy).toBe(Math.max(...accuracies));
    search.dispose?.();
  });

  it('is, extended to more epochs, the search that had them from the beginning', async () => {
    const drive = async (epochs: number, saved?: State) => {
      const longer = { ...options, schedule: 'constant', epochs } as const;
      const search = await oneShot(longer, { ...parts, search: toySearch(4) }).begin(
        { streams: createStreams(3) },
        saved,
      );
      const { done } = search.progress;
      while (search.progress.done < search.progress.total) await search.step(signal);
      const { state } = search;
      search.dispose?.();
      return { done, state };
    };
    const { state } = await drive(2);
    const extended = await drive(4, state);
    // What the weights of two epochs scored is scored again, with those of four.
    expect(extended.done).toBe(6);
    expect(extended.state).toEqual((await drive(4)).state);
  });

  it('begins with the weights of another search, where it is given some', async () => {
    const first = await begin({ search: toySearch(2) });
    for (let step = 0; step < 6; step++) await first.step(signal);
    const weights = first.views.supernet?.parameters.state as State;
    first.dispose?.();
    const strategy = oneShot(options, { ...parts, search: toySearch(4) });
    expect(strategy.takesWeights).toBe(true);
    const second = await strategy.begin({ streams: createStreams(8), weights });
    expect(second.progress.done).toBe(0);
    expect(second.views.supernet?.parameters.state).toEqual(weights);
    second.dispose?.();
  });

  it('scores the untrained supernet as it was before the first step', async () => {
    const search = await begin();
    const { scores, untrained } = search.views;
    const logitsOf = async (evaluator: typeof scores) => {
      const job = evaluator?.start([{ id: 'a', architecture: [1, 0] }], {
        images: parts.data.open('valid'),
        batches: 'all',
        streams: createStreams(0),
      });
      await job?.step(signal);
      const found = job?.evaluations()[0]?.metrics;
      job?.dispose?.();
      return found;
    };
    const before = await logitsOf(scores);
    while (search.progress.done < search.progress.total) await search.step(signal);
    expect(await logitsOf(untrained)).toEqual(before);
    search.dispose?.();
  });

  it('exports an architecture with inherited weights as a model for plain tfjs', async () => {
    const search = await begin();
    for (let step = 0; step < 6; step++) await search.step(signal);
    const { exporter, supernet } = search.views as OneShotViews<Bits>;
    expect(await exporter.export([1, 0], 'genotype')).toEqual({ 'genotype.txt': '10\n' });
    const files = await exporter.export([1, 0], 'tfjs');
    const { modelTopology, weightsManifest } = JSON.parse(files['model.json'] as string);
    const weightSpecs = weightsManifest[0].weights;
    const weightData = (files['weights.bin'] as Uint8Array).slice().buffer;
    const model = await tf.loadGraphModel(
      tf.io.fromMemory({ modelTopology, weightSpecs, weightData }),
    );
    // One batch holds all train images: its statistics are, but for the unbiased variance,
    // those that the export was made with.
    const train = batchReader(parts.data, parts.data.open('train'));
    const { images } = train.plain(Int32Array.from({ length: 10 }, (_, i) => i));
    const exported = (model.predict(images) as tf.Tensor).arraySync() as number[][];
    const gates = pathGates(supernet.path([1, 0]));
    const { parameters } = supernet;
    const network = supernet.network as Network; // of images
    const logits = network.forward(images, gates, { parameters, batchNorm: 'batch' }).arraySync();
    logits.flat().forEach((logit, i) => {
      expect(exported.flat()[i]).toBeCloseTo(logit, 1);
    });
    await expect(exporter.export([1, 0], 'onnx')).rejects.toThrow(/'genotype' and 'tfjs'/);
    search.dispose?.();
  });

  it.each([
    [{ dropout: 0.1 }, /supernet of .* has no dropout, but dropout is 0.1/],
    [{ dropPath: 0.4 }, /has no drop-path, but dropPath is 0.4/],
    [{ auxiliary: 0.4 }, /has no auxiliary head, but auxiliary is 0.4/],
  ])('refuses %o where the supernet has no place for it', async (extra, message) => {
    const strategy = oneShot({ ...options, ...extra }, parts);
    await expect(strategy.begin({ streams: createStreams(3) })).rejects.toThrow(message);
  });

  it('refuses to search without valid images', () => {
    const data = toyData(4, ['train']);
    expect(() => oneShot(options, { ...parts, data, search: toySearch(1) })).toThrow(
      /are scored on 'valid' images; toy-images has train/,
    );
  });
});
