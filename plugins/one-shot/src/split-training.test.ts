import { createStreams, type State, type TensorState } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { type SplitPlan, supernetEvaluator } from '@archer-nas/nn';
import type { Bits } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';
import { oneShot } from './one-shot.ts';
import { oneShotOptions } from './options.ts';
import { shuffledOrder } from './shuffle.ts';
import { SplitTraining } from './split-training.ts';
import { pathIn } from './sub-supernet.ts';
import { toySplit } from './testing/toy-split.ts';
import { toyStages } from './testing/toy-stages.ts';
import { toyData, toyLearning, toyNetwork, toySpace } from './testing/toy-supernet.ts';
import { Training } from './training.ts';
import { uniformPaths } from './uniform.ts';

const data = toyData();
const parts = (options: object = {}) => ({
  ...{ network: toyNetwork(data), data, paths: uniformPaths(), order: shuffledOrder },
  options: oneShotOptions.parse({ epochs: 2, ...options }),
  streams: createStreams(5),
});
const training = (plan: Partial<SplitPlan> = {}, options: object = {}, times = 1) =>
  new SplitTraining({ ...parts(options), split: toySplit(plan, times) });

/** Steps of an epoch of ten images in batches of four. */
const PER_EPOCH = 3;

function steps(of: { step(): unknown }, count: number): void {
  for (let step = 0; step < count; step++) of.step();
}

type Saved = { parameters: Record<string, TensorState>; optimiser: Record<string, TensorState> };
const saved = (state: State) => state as unknown as Saved;
const stem = (values: Saved['parameters'] | undefined) => values?.['stem.weight']?.data ?? 'none';
const parametersOf = (of: SplitTraining) =>
  of.supernets.map((one) => saved(one.training.state).parameters);

describe('a supernet that is split', () => {
  it('is trained before as if it were not to be', () => {
    const alone = new Training(parts());
    const of = training();
    steps(alone, 2 * PER_EPOCH - 1);
    steps(of, 2 * PER_EPOCH - 1);
    expect(of.supernets[0]?.training.state).toEqual(alone.state);
    alone.dispose();
    of.dispose();
  });

  it('gives its weights to all of its parts, which have no others, and no velocities', () => {
    const alone = new Training(parts());
    const of = training();
    steps(alone, 2 * PER_EPOCH);
    steps(of, 2 * PER_EPOCH);
    const before = saved(alone.state).parameters;
    const [first, second] = parametersOf(of);
    const without = (kernel: string) =>
      Object.entries(before).filter(([name]) => !name.includes(`edge0.${kernel}.`));
    expect(first).toEqual(Object.fromEntries(without('conv3')));
    expect(second).toEqual(Object.fromEntries(without('conv1')));
    for (const one of of.supernets) expect(saved(one.training.state).optimiser).toEqual({});
    alone.dispose();
    of.dispose();
  });

  it('begins its parts with other weights where they inherit nothing', () => {
    const of = training({ inherits: 'nothing' });
    const [start] = parametersOf(of);
    steps(of, 2 * PER_EPOCH);
    const [first, second] = parametersOf(of);
    expect(stem(first)).not.toEqual(stem(start));
    expect(stem(first)).not.toEqual(stem(second));
    of.dispose();
  });

  it('trains one part after the other, each alone and on other paths and orders', () => {
    const of = training();
    steps(of, 2 * PER_EPOCH);
    const [, second] = parametersOf(of);
    steps(of, PER_EPOCH);
    const [trained, untouched] = parametersOf(of);
    expect(untouched).toEqual(second);
    steps(of, PER_EPOCH);
    const [, moved] = parametersOf(of);
    expect(parametersOf(of)[0]).toEqual(trained);
    expect(stem(moved)).not.toEqual(stem(second));
    expect(of.done).toBe(of.total);
    of.dispose();
  });

  it('starts learning rate and velocities again, or goes on with them', () => {
    const rates = (inherits: SplitPlan['inherits']) => {
      const of = training({ inherits, epochs: 2 }, { schedule: 'linear', lr: 0.4 });
      const all = Array.from({ length: of.total }, () => of.step().metrics?.lr as number);
      of.dispose();
      return all.filter((_, at) => at % PER_EPOCH === 0);
    };
    const [anew, on] = [rates('weights'), rates('everything')];
    expect(anew.map((lr) => lr.toFixed(4))).toEqual(Array(3).fill(['0.4000', '0.2000']).flat());
    const rest = ['0.2000', '0.1000'];
    expect(on.map((lr) => lr.toFixed(4))).toEqual(['0.4000', '0.3000', ...rest, ...rest]);
    const of = training({ inherits: 'everything' });
    steps(of, 2 * PER_EPOCH);
    const { optimiser, parameters } = saved(of.supernets[0]?.training.state as State);
    expect(Object.keys(optimiser).length).toBeGreaterThan(0);
    for (const name of Object.keys(optimiser)) expect(parameters).toHaveProperty([name]);
    of.dispose();
  });

  it('counts the images of every supernet, and of what it was split by', () => {
    const of = training({ steps: 3, epochs: 4 }, {}, 2);
    // 2 epochs; 3 looks at 2 paths; 2 supernets of 4 epochs; looks of both; 4 of 4 epochs.
    const looks = 3 * 2 * 4;
    expect(of.total).toBe(2 * PER_EPOCH + 3 + 2 * 4 * PER_EPOCH + 2 * 3 + 4 * 4 * PER_EPOCH);
    steps(of, of.total);
    expect(of.supernets).toHaveLength(4);
    expect(of.images).toBe(10 * (2 + 2 * 4 + 4 * 4) + 3 * looks);
    of.dispose();
  });

  it('holds the weights of its parts and nothing else', () => {
    const before = tf.memory().numTensors;
    const of = training({ steps: 1 });
    const count = () => tf.memory().numTensors - before;
    const values = () => parametersOf(of).reduce((n, one) => n + Object.keys(one).length, 0);
    steps(of, 2 * PER_EPOCH);
    expect(count()).toBe(values()); // no velocities: nobody inherits them
    of.step();
    expect(of.supernets).toHaveLength(2);
    expect(count()).toBe(values());
    expect(of.parameters).toBe(
      of.supernets.reduce((n, { training: { store } }) => n + store.count(), 0),
    );
    steps(of, 2 * PER_EPOCH);
    expect(count()).toBe(values());
    of.dispose();
    expect(count()).toBe(0);
  });

  it('refuses groups that do not hold every option once', () => {
    const split = {
      ...toySplit(),
      begin: () => ({ step() {}, split: () => ({ decision: 0, groups: [[0], [0]] }), state: null }),
    };
    const of = new SplitTraining({ ...parts(), split });
    expect(() => steps(of, 2 * PER_EPOCH)).toThrow(/each option in one of them.*\[\[0\],\[0\]\]/);
    of.dispose();
  });
});

describe('what a split does not go with', () => {
  const parts = { space: toySpace(), data, order: shuffledOrder, split: toySplit() };
  const options = (some: object) => oneShotOptions.parse({ epochs: 1, ...some });

  it('is refused before anything is trained', async () => {
    const rewarded = { rewards: {} };
    expect(() => oneShot(options(rewarded), { ...parts, paths: uniformPaths() })).toThrow(
      /split into several.*rewards/,
    );
    expect(() => oneShot(options({}), { ...parts, paths: toyLearning })).toThrow(
      /a sampler of arch/,
    );
    expect(() => oneShot(options({ epochs: 0 }), { ...parts, paths: uniformPaths() })).toThrow(
      /no training/,
    );
    const staged = oneShot(options({}), { ...parts, paths: uniformPaths(), search: toyStages });
    await expect(staged.begin({ streams: createStreams(1) })).rejects.toThrow(/in stages/);
  });
});

describe('more epochs of a search with splits', () => {
  it('are refused when all supernets are trained', () => {
    const of = (epochs: number, state?: State) =>
      new SplitTraining({ ...parts(), split: toySplit({ epochs }) }, state);
    const short = of(1);
    steps(short, short.total);
    const saved = structuredClone(short.state);
    expect(() => of(2, saved)).toThrow(expect.objectContaining({ code: 'ARCHER_EXTEND' }));
    const again = of(1, saved);
    expect(again.done).toBe(short.total);
    for (const one of [short, again]) one.dispose();
  });
});

describe('scores of several supernets', () => {
  const begin = () =>
    oneShot(oneShotOptions.parse({ epochs: 1 }), {
      ...{ space: toySpace(), data, paths: uniformPaths(), order: shuffledOrder },
      split: toySplit({ epochs: 2 }),
    }).begin({ streams: createStreams(5) });
  const { signal } = new AbortController();
  const architectures = ['00', '01', '10', '11'].map((text) => toySpace().parse(text));
  const proposals = architectures.map((architecture, at) => ({ id: `${at}`, architecture }));

  async function run(job: Awaited<ReturnType<typeof begin>>, count: number) {
    for (let step = 0; step < count; step++) await job.step(signal);
  }

  async function accuracies(evaluator: ReturnType<typeof supernetEvaluator<Bits>>) {
    const context = {
      images: data.open('train'),
      batches: 'all' as const,
      streams: createStreams(1),
    };
    const job = evaluator.start(proposals, context);
    while (job.progress.done < job.progress.total) await job.step(signal);
    job.dispose?.();
    return job.evaluations().map(({ metrics }) => metrics.accuracy);
  }

  it('are those of the supernet that an architecture belongs to', async () => {
    const search = await begin();
    await run(search, search.progress.total);
    const of = new SplitTraining({ ...parts({ epochs: 1 }), split: toySplit({ epochs: 2 }) });
    steps(of, of.total);
    const whole = toyNetwork(data);
    const views = search.views as { scores: Parameters<typeof accuracies>[0] };
    // By hand: both parts' own networks, with all four; only two belong to each.
    const pathOf = (a: Bits) => whole.sites.map(({ decision }) => a[decision] ?? 0);
    const byHand = await Promise.all(
      of.supernets.map(({ left, network, training: { store } }) =>
        accuracies(
          supernetEvaluator<Bits>({
            ...{ network, parameters: store, data },
            path: (a) => pathIn(pathOf(a), whole.sites, left) ?? whole.sites.map(() => 0),
          }),
        ),
      ),
    );
    const [zero = [], one = []] = byHand;
    expect(await accuracies(views.scores)).toEqual([zero[0], zero[1], one[2], one[3]]);
    search.dispose?.();
    of.dispose();
  });
});
