import { createStreams, type Evaluation, type SamplerRecipe } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { pathGates, textLoss } from '@archer-nas/nn';
import type { Bits } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';
import { languageOptions, loopOptions } from './language-options.ts';
import { oneShot } from './one-shot.ts';
import { Rewards } from './rewards.ts';
import { shuffledOrder } from './shuffle.ts';
import { toyCells, toyCorpus } from './testing/toy-cells.ts';
import type { OneShotViews } from './views.ts';

type Told = Pick<Evaluation<Bits>, 'status' | 'metrics'> & { readonly architecture: Bits };

/** The valid text: two lanes of nine tokens, two windows of three, and two tokens that are left. */
const data = { ...toyCorpus(), window: 3 };
const space = toyCells();
const { signal } = new AbortController();

/** Proposes [0, 1] and [1, 0] in turn; notes what it is told, and in what it is rewarded. */
function alternating() {
  const told: Told[] = [];
  const metrics: string[] = [];
  let proposed = 0;
  const recipe: SamplerRecipe = {
    begin: ({ space: cells, metric }) => {
      metrics.push(`${metric.name} ${metric.direction}`);
      return {
        propose: (n) =>
          Array.from({ length: n }, () => {
            const at = proposed++;
            const choices = at % 2 === 0 ? [0, 1] : [1, 0];
            return { id: `${at}`, architecture: cells.fromChoices?.(choices) as never };
          }),
        observe: (evaluations) => {
          for (const { proposal, status, metrics: measured } of evaluations) {
            const architecture = proposal.architecture as Bits;
            told.push({ architecture, status, metrics: measured });
          }
        },
        state: null,
      };
    },
  };
  return { recipe, told, metrics };
}

const begin = (paths: SamplerRecipe, changes: object = {}) => {
  const options = loopOptions(languageOptions.parse({ epochs: 1, lr: 1, ...changes }));
  const parts = { space, data, paths, order: shuffledOrder };
  return oneShot(options, parts).begin({ streams: createStreams(3) });
};

describe('rewards on text', () => {
  it('are the perplexities of cells on windows of valid text, which begin with nothing', async () => {
    const { recipe, told, metrics } = alternating();
    const search = await begin(recipe, { rewards: { rounds: 1, paths: 2 } });
    const steps = 4;
    expect(search.progress.total).toBe(steps + 1);
    for (let step = 0; step < steps; step++) await search.step(signal);
    const report = await search.step(signal);
    expect(metrics).toEqual(['perplexity minimise']);
    const { network, parameters } = (search.views as OneShotViews<Bits>).supernet;
    const windows = createStreams(3)
      .stream('reward-images', 0)
      .shuffle(Int32Array.from([0, 1]));
    const text = data.open('valid').tokens;
    const rewards = told.slice(steps);
    expect(rewards.map(({ status }) => status)).toEqual(['final', 'final']);
    rewards.forEach(({ architecture, metrics: measured }, at) => {
      // The window by itself: in each lane its three tokens and the one after them.
      const from = 3 * (windows[at] as number);
      const tokens = Int32Array.from([
        ...text.slice(from, from + 4),
        ...text.slice(9 + from, 9 + from + 4),
      ]);
      const alone = { name: 'valid', size: 8, tokens } as const;
      const gates = pathGates(architecture);
      const loss = textLoss(network as never, parameters, gates, alone, { lanes: 2, window: 3 });
      expect(measured.perplexity).toBeCloseTo(Math.exp(loss), 5);
    });
    const [one, two] = rewards.map(({ metrics: measured }) => measured.perplexity as number);
    expect(report.metrics?.['reward-perplexity']).toBeCloseTo(((one ?? 0) + (two ?? 0)) / 2, 5);
    search.dispose?.();
  });

  it('read every window once before any comes again', () => {
    const { recipe, told } = alternating();
    const network = space.supernet({ vocabulary: 4 });
    const metric = { name: 'perplexity', direction: 'minimise' };
    const paths = recipe.begin({ space, metric } as never) as never;
    const measured: number[] = [];
    const windows: string[] = [];
    const spied = {
      ...network,
      loss: (batch: { tokens: Int32Array }) => {
        windows.push([...batch.tokens].join());
        return { mean: tf.scalar(0) };
      },
    };
    const options = { rounds: 1, paths: 4, batch: 128 };
    const streams = createStreams(3);
    const of = { network: spied as never, store: {} as never, data, paths, options, streams };
    const before = tf.memory().numTensors;
    new Rewards(of).round(0);
    measured.push(...told.map(({ metrics }) => metrics.perplexity as number));
    expect(measured).toEqual([1, 1, 1, 1]);
    expect(new Set(windows.slice(0, 2)).size).toBe(2);
    expect(new Set(windows.slice(2)).size).toBe(2);
    expect(new Set(windows).size).toBe(2);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('change no weight; a selection then takes the least perplexity on one window', async () => {
    const { recipe, told } = alternating();
    const search = await begin(recipe, {
      rewards: { rounds: 3, paths: 2 },
      selection: { architectures: 4 },
      evaluation: { searchBatches: 1 },
    });
    for (let step = 0; step < 4; step++) await search.step(signal);
    const weights = () =>
      (search.state as { training: { parameters: object } }).training.parameters;
    const trained = weights();
    const tensors = tf.memory().numTensors;
    for (let step = 0; step < 3; step++) await search.step(signal);
    expect(weights()).toEqual(trained);
    expect(tf.memory().numTensors).toBe(tensors);
    const found: number[] = [];
    while (search.progress.done < search.progress.total) {
      const { evaluations = [] } = await search.step(signal);
      found.push(...evaluations.map(({ metrics }) => metrics.perplexity as number));
    }
    expect(found).toHaveLength(4);
    expect(found[2]).toBe(found[0]);
    expect(search.incumbents()[0]?.metrics.perplexity).toBe(Math.min(...found));
    expect(told.slice(4 + 6).map(({ status }) => status)).toEqual(Array(4).fill('partial'));
    search.dispose?.();
  });

  it('come with a learning rate that falls from an epoch on, as in the recipe of ENAS', async () => {
    const { recipe } = alternating();
    const search = await begin(recipe, { epochs: 4, lr: 2, lrDecay: 0.5, lrDecayFrom: 2 });
    const rates: (number | undefined)[] = [];
    for (let step = 0; step < 16; step++) {
      rates.push((await search.step(signal)).metrics?.lr);
    }
    expect([0, 3, 4, 7, 8, 11, 12, 15].map((at) => rates[at])).toEqual([
      2, 2, 2, 2, 1, 1, 0.5, 0.5,
    ]);
    search.dispose?.();
  });
});
