import { createStreams, type OrderRecipe, type State, type TensorState } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { GRADIENT_NORM, type PathRecipe } from '@archer-nas/nn';
import { describe, expect, it } from 'vitest';
import { type OneShotOptions, oneShotOptions } from './options.ts';
import { shuffledOrder } from './shuffle.ts';
import { toyData, toyNetwork } from './testing/toy-supernet.ts';
import { Training } from './training.ts';

type Observed = { signals: (Float32Array | undefined)[]; epochs: number[] };

/** Takes the paths of a script in turn, each with its weight; notes what it is told. */
function scripted(
  script: readonly { path: readonly number[]; weight?: number }[],
  norms: PathRecipe['norms'] = 'none',
): { recipe: PathRecipe; observed: Observed } {
  const observed: Observed = { signals: [], epochs: [] };
  let at = 0;
  return {
    observed,
    recipe: {
      norms,
      begin: () => ({
        propose: (n) =>
          Array.from({ length: n }, () => {
            const { path, weight } = script[at++ % script.length] as (typeof script)[0];
            const proposal = { id: `${at}`, architecture: path };
            return weight === undefined ? proposal : { ...proposal, weight };
          }),
        observe: (evaluations) =>
          void observed.signals.push(...evaluations.map(({ signals }) => signals?.[GRADIENT_NORM])),
        advance: ({ done }) => {
          observed.epochs.push(done);
          return {};
        },
        state: null,
      }),
    },
  };
}

const CONV1 = { path: [0, 0, 0, 0] };
const CONV3 = { path: [1, 1, 1, 1] };

function training(
  options: Partial<OneShotOptions>,
  paths: PathRecipe,
  order: OrderRecipe = shuffledOrder,
): Training {
  const data = toyData();
  return new Training({
    network: toyNetwork(data),
    data,
    paths,
    order,
    options: oneShotOptions.parse({ epochs: 2, ...options }),
    streams: createStreams(7),
  });
}

function steps(of: Training, count: number): Training {
  for (let step = 0; step < count; step++) of.step();
  return of;
}

/** Values of the parameters whose name contains `part`. */
function values(of: Training, part: string, key: 'parameters' | 'optimiser' = 'parameters') {
  const tensors = (of.state as Record<string, Record<string, TensorState>>)[key] ?? {};
  return Object.entries(tensors)
    .filter(([name]) => name.includes(part))
    .flatMap(([, { data }]) => [...data]);
}

function expectClose(got: ArrayLike<number>, expected: ArrayLike<number>, digits: number): void {
  expect(got.length).toBe(expected.length);
  expect(got.length).toBeGreaterThan(0);
  for (let i = 0; i < got.length; i++) {
    expect(got[i]).toBeCloseTo(expected[i] as number, digits);
  }
}

describe('unsampled parameters', () => {
  it('stay as they are when frozen', () => {
    const of = steps(training({ unsampled: 'freeze' }, scripted([CONV1, CONV3]).recipe), 1);
    const before = values(of, 'conv1');
    of.step();
    expect(values(of, 'conv1')).toEqual(before);
    expect(values(of, 'conv3')).not.toEqual(
      values(training({}, scripted([CONV1]).recipe), 'conv3'),
    );
    of.dispose();
  });

  it('keep moving by momentum and weight decay when they decay', () => {
    const of = steps(training({ unsampled: 'decay' }, scripted([CONV1, CONV3]).recipe), 1);
    const [w, v] = [values(of, 'conv1'), values(of, 'conv1', 'optimiser')];
    of.step();
    // v ← 0.9 v + 2.5e-4 w; w ← w − 0.05 v
    const expected = w.map((w_i, i) => w_i - 0.05 * (0.9 * (v[i] as number) + 2.5e-4 * w_i));
    expectClose(values(of, 'conv1'), expected, 6);
    expect(values(of, 'conv1')).not.toEqual(w);
    of.dispose();
  });

  it('are not touched before their first use in either mode', () => {
    for (const unsampled of ['freeze', 'decay'] as const) {
      const of = training({ unsampled }, scripted([CONV1]).recipe);
      const initial = values(of, 'conv3');
      expect(values(steps(of, 4), 'conv3')).toEqual(initial);
      of.dispose();
    }
  });
});

describe('gradient norms for the path sampler', () => {
  const first = (norms: PathRecipe['norms'], clip: number | null) => {
    const { recipe, observed } = scripted([CONV3], norms);
    steps(training({ clip }, recipe), 1).dispose();
    return observed.signals[0];
  };

  it('are one positive number per site, and absent unless asked for', () => {
    const norms = first('before-clip', null);
    expect(norms).toHaveLength(4);
    expect(norms?.every((norm) => norm > 0)).toBe(true);
    expect(first('none', 5)).toBeUndefined();
  });

  it('shrink by the clip coefficient only when taken after clipping', () => {
    const before = first('before-clip', 1e-3) as Float32Array;
    const after = first('after-clip', 1e-3) as Float32Array;
    expect(before).toEqual(first('before-clip', null));
    const ratio = (after[0] as number) / (before[0] as number);
    expect(ratio).toBeLessThan(1);
    expectClose(
      after.map((norm) => norm / ratio),
      before,
      4,
    );
    // The four sites are part of the global norm of 1e-3, stem and classifier the rest.
    expect(Math.hypot(...after)).toBeLessThan(2e-3);
  });
});

const plain = { momentum: 0, weightDecay: 0, clip: null } as const;

describe('several paths in a step', () => {
  const both = (norms: PathRecipe['norms'] = 'none') => {
    const { recipe, observed } = scripted([CONV1, { path: [1, 0, 1, 0] }], norms);
    return { observed, recipe: { ...recipe, together: () => 2 } };
  };
  /** How far one step has moved every parameter. */
  const moved = (recipe: PathRecipe, accumulate?: 'mean') => {
    const of = training({ ...plain, ...(accumulate && { accumulate }) }, recipe);
    const before = values(of, '');
    of.step();
    const after = values(of, '');
    of.dispose();
    return after.map((w, i) => w - (before[i] as number));
  };

  it('move the weights by the sum of what each alone would, or by its mean', () => {
    const [a, b] = [CONV1, { path: [1, 0, 1, 0] }].map((one) => moved(scripted([one]).recipe));
    const sum = (a as number[]).map((d, i) => d + (b?.[i] as number));
    expectClose(moved(both().recipe), sum, 6);
    expectClose(
      moved(both().recipe, 'mean'),
      sum.map((d) => d / 2),
      6,
    );
  });

  it('tell the sampler the norms of each path alone', () => {
    const { recipe, observed } = both('before-clip');
    training({ clip: null }, recipe).step();
    const alone = [CONV1, { path: [1, 0, 1, 0] }].map((one) => {
      const single = scripted([one], 'before-clip');
      training({ clip: null }, single.recipe).step();
      return single.observed.signals[0];
    });
    expect(observed.signals).toEqual(alone);
  });

  it('are clipped together and count each image once per path', () => {
    const of = training({ ...plain, lr: 1, clip: 1e-3 }, both().recipe);
    const before = values(of, '');
    of.step();
    const step = values(of, '').map((w, i) => w - (before[i] as number));
    expect(Math.hypot(...step)).toBeCloseTo(1e-3, 5);
    expect(of.images).toBe(2 * 10 * 2);
    of.dispose();
  });

  it('are as many as are asked for', () => {
    const one = { ...both().recipe, together: () => 2, begin: scripted([CONV1]).recipe.begin };
    const begin: PathRecipe['begin'] = (...given) => {
      const sampler = one.begin(...given);
      return { ...sampler, propose: (_, stream) => sampler.propose(1, stream) };
    };
    expect(() => training({}, { ...one, begin }).step()).toThrow(
      /gave 1 paths at step 0.*trains 2/,
    );
  });
});

describe('importance weights', () => {
  const halves: OrderRecipe = {
    needsScores: false,
    begin: (size) => ({
      ...shuffledOrder.begin(size),
      next: (epoch, stream) => ({
        ...shuffledOrder.begin(size).next(epoch, stream),
        weight: new Float32Array(size).fill(0.5),
      }),
    }),
  };

  it('of path and samples multiply the gradient, not the loss that is shown', () => {
    const weighted = training(
      { ...plain, lr: 0.05 },
      scripted([{ ...CONV3, weight: 4 }]).recipe,
      halves,
    );
    const same = training({ ...plain, lr: 0.1 }, scripted([CONV3]).recipe);
    const [a, b] = [weighted.step(), same.step()];
    expect(a.metrics?.loss).toBeCloseTo(b.metrics?.loss as number, 6);
    expectClose(values(weighted, ''), values(same, ''), 5);
    weighted.dispose();
    same.dispose();
  });

  it('come with their effective sample size at the end of the epoch', () => {
    const script = [1, 3, 1].map((weight) => ({ ...CONV1, weight }));
    const of = steps(training({}, scripted(script).recipe, halves), 2);
    const { metrics } = of.step();
    expect(metrics?.['path-effective-sample-size']).toBeCloseTo(25 / 11, 12);
    expect(metrics?.['data-effective-sample-size']).toBeCloseTo(10, 12);
    const unweighted = steps(training({}, scripted([CONV1]).recipe), 2);
    expect(Object.keys(unweighted.step().metrics ?? {})).toEqual([
      'loss',
      'train-accuracy',
      'lr',
      'epoch',
    ]);
    unweighted.dispose();
    of.dispose();
  });
});

describe('an epoch', () => {
  it('takes the order it is given in batches, the last one partial, and tells the scores', () => {
    const drawn = [9, 9, 1, 0, 5, 5, 5, 2, 3, 4];
    const seen: { index: number[]; scores: number }[] = [];
    const epochs: string[] = [];
    const order: OrderRecipe = {
      needsScores: true,
      begin: () => ({
        next: ({ done, total, unit }) => {
          epochs.push(`next ${done}/${total} ${unit}`);
          return { index: Int32Array.from(drawn) };
        },
        observe: (index, score) => {
          expect(score.every((s) => s > 0 && s <= Math.SQRT2)).toBe(true);
          seen.push({ index: [...index], scores: score.length });
        },
        advance: ({ done }) => {
          epochs.push(`advance ${done}`);
          return { metrics: { told: done } };
        },
        state: null,
      }),
    };
    const { recipe, observed } = scripted([CONV1]);
    const of = training({ epochs: 2 }, recipe, order);
    expect(of.total).toBe(6);
    const reports = Array.from({ length: 6 }, () => of.step());
    expect(seen.slice(0, 3).flatMap(({ index }) => index)).toEqual(drawn);
    expect(seen.map(({ scores }) => scores)).toEqual([4, 4, 2, 4, 4, 2]);
    expect(epochs).toEqual(['next 0/2 epoch', 'advance 1', 'next 1/2 epoch', 'advance 2']);
    expect(observed.epochs).toEqual([1, 2]);
    expect(reports.map(({ metrics }) => metrics?.told)).toEqual([
      undefined,
      undefined,
      1,
      undefined,
      undefined,
      2,
    ]);
    of.dispose();
  });

  it('learns: the loss of a separable toy falls', () => {
    const of = training({ epochs: 60 }, scripted([CONV1, CONV3]).recipe);
    const losses = Array.from({ length: 180 }, () => of.step().metrics?.loss as number);
    const mean = (from: number) => losses.slice(from, from + 6).reduce((a, b) => a + b) / 6;
    expect(mean(174)).toBeLessThan(0.7 * mean(0));
    of.dispose();
  });
});

describe('memory', () => {
  it('holds no more tensors after a step than before, and none after dispose', () => {
    const empty = tf.memory().numTensors;
    const script = [
      { ...CONV1, weight: 2 },
      { ...CONV3, weight: 1 },
    ];
    const of = steps(training({ unsampled: 'decay' }, scripted(script, 'after-clip').recipe), 2);
    const after2 = tf.memory().numTensors;
    steps(of, 4);
    expect(tf.memory().numTensors).toBe(after2);
    of.dispose();
    expect(tf.memory().numTensors).toBe(empty);
  });

  it('holds no more after a step of several paths', () => {
    const script = scripted([CONV1, { path: [1, 0, 1, 0] }, CONV3], 'after-clip');
    for (const accumulate of ['sum', 'mean'] as const) {
      const of = steps(training({ accumulate }, { ...script.recipe, together: () => 3 }), 1);
      const after1 = tf.memory().numTensors;
      steps(of, 4);
      expect(tf.memory().numTensors).toBe(after1);
      of.dispose();
    }
  });

  it('holds the state as plain data', () => {
    const of = steps(training({}, scripted([CONV1]).recipe), 1);
    const state = of.state as { readonly [key: string]: State };
    expect(Object.keys(state)).toEqual([
      'done',
      'parameters',
      'optimiser',
      'paths',
      'batches',
      'pathWeights',
    ]);
    of.dispose();
  });
});
