import { createStreams, type Decision, type State } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { Controller, type Draw } from './controller.ts';
import { logitGradients } from './estimator.ts';
import { factorisedPolicy } from './factorised.ts';
import { lstmPolicy } from './lstm.ts';
import type { PolicyOptions } from './options.ts';
import type { Policy, Walk } from './policy.ts';
import { difference } from './testing/differences.ts';
import { factorisedWith, learningWith, lstmWith } from './testing/options.ts';
import { category, edges, input, macro } from './testing/spaces.ts';

const stream = (name: string, ...at: number[]) => createStreams(7).stream(name, ...at);

/** Three operations, then an input of two, then a decision that only some have. */
const DECISIONS: Decision[] = [
  category('first', ['a', 'b', 'c']),
  input('from', 2),
  { ...category('more', ['x', 'y']), when: (prefix) => prefix[0] !== 1 },
];
const ALL = [0, 1, 2].flatMap((a) =>
  [0, 1].flatMap((b) => (a === 1 ? [[a, b, 0]] : [0, 1].map((c) => [a, b, c]))),
);

/** Anything but additive. */
const rewardOf = (choices: readonly number[]): number =>
  Math.sin(1 + choices.reduce((code, choice) => 3 * code + choice, 0));

const POLICIES: Readonly<Record<string, PolicyOptions>> = {
  lstm: lstmWith({ units: 4, bound: 0.9 }),
  factorised: factorisedWith({ sd: 0.5 }),
};

function policyOf(options: PolicyOptions): Policy {
  return options.kind === 'lstm'
    ? lstmPolicy(DECISIONS, options, stream('init'))
    : factorisedPolicy(DECISIONS, options, stream('init'));
}

function controllerOf(
  changes: object = {},
  options: PolicyOptions = POLICIES.lstm as PolicyOptions,
  state?: State,
) {
  const of = {
    decisions: DECISIONS,
    policy: options,
    learning: learningWith({ lr: 0.01, ...changes }),
  };
  return new Controller(of, state === undefined ? { stream: stream('init') } : { state });
}

const probabilityOf = ({ tokens }: Walk): number =>
  tokens.reduce((product, { p, chosen }) => product * (p[chosen] as number), 1);

describe.each(Object.entries(POLICIES))('a policy that is %s', (_, options) => {
  it('gives probabilities that add up to one over all architectures', () => {
    const policy = policyOf(options);
    const all = ALL.map((choices) => probabilityOf(policy.walk((_p, at) => choices[at] as number)));
    expect(all.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
  });

  it('has in expectation, computed exactly, the gradient of E[R] for any baseline', () => {
    const policy = policyOf(options);
    const { parameters, gradient } = policy;
    const walks = (): Walk[] =>
      ALL.map((choices) => policy.walk((_p, at) => choices[at] as number));
    const expected = (): number =>
      walks().reduce((sum, walk, at) => sum + probabilityOf(walk) * rewardOf(ALL[at] ?? []), 0);
    for (const b of [0, 0.4]) {
      gradient.fill(0);
      walks().forEach((walk, at) => {
        const judged = { advantage: rewardOf(ALL[at] ?? []) - b, drawn: [] };
        const learning = learningWith({ entropy: { weight: 0 } });
        const weighted = logitGradients(walk.tokens, judged, learning).map((each) =>
          each.map((g) => g * probabilityOf(walk)),
        );
        walk.backward(weighted);
      });
      parameters.forEach((_value, at) => {
        expect(-(gradient[at] as number)).toBeCloseTo(difference(parameters, at, expected), 7);
      });
    }
  });

  it('draws options as often as it says', () => {
    const controller = controllerOf({}, options);
    const counts = new Map<string, number>();
    for (let at = 0; at < 4000; at++) {
      const key = controller.draw(stream('draw', at)).choices.join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(ALL.length);
    const policy = policyOf(options);
    let chi2 = 0;
    for (const choices of ALL) {
      const expected = 4000 * probabilityOf(policy.walk((_p, at) => choices[at] as number));
      chi2 += ((counts.get(choices.join()) ?? 0) - expected) ** 2 / expected;
    }
    expect(chi2).toBeLessThan(29.59); // 99.9 % quantile, 10 degrees of freedom
  });

  it('makes the best architecture likelier than all others together, told by an oracle', () => {
    const controller = controllerOf({ lr: 0.05, batch: 10 }, options);
    for (let round = 0; round < 150; round++) learnOnce(controller, round);
    const best = ALL.reduce((a, b) => (rewardOf(b) > rewardOf(a) ? b : a));
    const tokens = controller.tokens(best);
    const p = tokens.reduce((product, token) => product * (token.p[token.chosen] as number), 1);
    expect(p).toBeGreaterThan(0.5);
  });
});

/** One update from ten draws. */
function learnOnce(controller: Controller, round: number) {
  const draws = Array.from({ length: 10 }, (_, at) => controller.draw(stream('draw', round, at)));
  return controller.learn(draws.map((draw) => ({ ...draw, reward: rewardOf(draw.choices) })));
}

/** States of a controller after every round, from a state where one is given. */
function states(changes: object, from = 0, state?: State): State[] {
  const controller = controllerOf(changes, POLICIES.lstm, state);
  const found: State[] = [];
  for (let round = from; round < 4; round++) {
    learnOnce(controller, round);
    found.push(controller.state);
  }
  return found;
}

describe('a controller', () => {
  it.each([{}, { estimator: 'ppo', passes: 3, clip: 0.1 }])(
    'goes on from its state bit for bit (%j)',
    (changes) => {
      const straight = states(changes);
      expect(states(changes)).toStrictEqual(straight);
      expect(states(changes, 2, structuredClone(straight[1]))).toStrictEqual(straight.slice(2));
    },
  );

  it('gives states that later updates leave alone', () => {
    const controller = controllerOf();
    const state = controller.state;
    const copy = structuredClone(state);
    learnOnce(controller, 0);
    expect(state).toStrictEqual(copy);
    expect(controller.state).not.toStrictEqual(copy);
  });

  const draw: Draw = { choices: [0, 1, 1], drawn: Float64Array.of(-1, -0.7, -0.7) };

  it('adds entropy to the reward as the form says', () => {
    const advantages = (form: string) => {
      const changes = {
        entropy: { weight: 1, form },
        baseline: { decay: 0, start: 'zero', order: 'use-then-update' },
      };
      return controllerOf(changes).learn([{ ...draw, reward: 0.5 }]).advantage - 0.5;
    };
    const tokens = controllerOf().tokens(draw.choices);
    const whole = tokens.reduce(
      (sum, { p }) => sum - p.reduce((s, q) => s + q * Math.log(q), 0),
      0,
    );
    const taken = tokens.reduce((sum, { p, chosen }) => {
      const q = p[chosen] as number;
      return sum - q * Math.log(q);
    }, 0);
    expect(advantages('gradient')).toBeCloseTo(0, 12);
    expect(advantages('reward')).toBeCloseTo(whole, 12);
    expect(advantages('sampled')).toBeCloseTo(taken, 12);
    expect(taken).toBeLessThan(whole);
  });

  it('passes the rewards of a batch through the baseline one after the other', () => {
    const changes = { entropy: { weight: 0 }, baseline: { decay: 0.99, start: 'zero' } };
    const lessons = [0.2, 0.4, 0.4].map((reward) => ({ ...draw, reward }));
    const { baseline, advantage, reward } = controllerOf(changes).learn(lessons);
    expect(baseline).toBeCloseTo(0.00992 + 0.0000002, 6);
    expect(advantage).toBeCloseTo((0.198 + 0.39402 + 0.39008) / 3, 5);
    expect(reward).toBeCloseTo(1 / 3, 12);
  });

  it('moves the baseline once by the mean of a batch, where it is told so', () => {
    const baseline = { decay: 0.25, start: 'first', by: 'batch' };
    const learner = controllerOf({ entropy: { weight: 0 }, baseline });
    const batch = (...rewards: number[]) =>
      learner.learn(rewards.map((reward) => ({ ...draw, reward })));
    expect(batch(0.2, 0.4).baseline).toBeCloseTo(0.3, 12);
    // b ← 0.3 + 0.75 (0.6 − 0.3)
    const { baseline: b, advantage } = batch(0.5, 0.7);
    expect(b).toBeCloseTo(0.525, 12);
    expect(advantage).toBeCloseTo(0.6 - 0.525, 12);
  });

  it('takes the mean of a batch: the same lesson twice is one lesson', () => {
    const changes = {
      entropy: { weight: 0 },
      baseline: { decay: 0, start: 'zero', order: 'use-then-update' },
    };
    const [once, twice] = [1, 2].map((times) => {
      const controller = controllerOf({ ...changes, baseline: { decay: 0.5, start: 'zero' } });
      const { norm } = controller.learn(
        Array.from({ length: times }, () => ({ ...draw, reward: 1 })),
      );
      return norm;
    });
    // Advantages are .5, and .5 and .25: the mean of the second batch is .375.
    expect(twice as number).toBeCloseTo((once as number) * 0.75, 10);
  });

  it('no longer moves the probability of what is beyond the clip, in later passes of PPO', () => {
    const moved = (passes: number) => {
      const changes = { estimator: 'ppo', passes, lr: 0.5, beta1: 0, entropy: { weight: 0 } };
      const of = {
        decisions: edges(1, 2),
        policy: factorisedWith({ sd: 0 }),
        learning: learningWith(changes),
      };
      const controller = new Controller(of, { stream: stream('init') });
      controller.learn([
        { choices: [0], drawn: Float64Array.of(Math.log(0.5)), reward: 1 },
        { choices: [1], drawn: Float64Array.of(Math.log(0.5)), reward: 0 },
      ]);
      return controller.tokens([0])[0]?.p[0] as number;
    };
    expect(moved(1)).toBeGreaterThan(0.6); // ratio beyond 1.2 after one step
    expect(moved(5)).toBe(moved(1));
  });

  it('refuses several updates by a batch without PPO', () => {
    expect(() => controllerOf({ passes: 2 })).toThrow(
      expect.objectContaining({ code: 'ARCHER_PASSES' }),
    );
  });

  it('keeps the gradient within its clip', () => {
    const run = (clip: number | null) => {
      const controller = controllerOf({
        clip,
        epsilon: 1e3,
        beta1: 0,
        lr: 1e3,
        baseline: { start: 'zero' },
      });
      const before = (controller.state as unknown as { parameters: Float64Array }).parameters;
      const { norm } = controller.learn([{ ...draw, reward: 50 }]);
      const after = (controller.state as unknown as { parameters: Float64Array }).parameters;
      return {
        norm,
        moved: Math.hypot(...after.map((value, at) => value - (before[at] as number))),
      };
    };
    const free = run(null);
    const clipped = run(0.01);
    expect(free.norm).toBeGreaterThan(1);
    expect(clipped.norm).toBe(free.norm);
    // With so large an ε Adam is plain descent of rate lr / ε = 1.
    expect(clipped.moved).toBeCloseTo(0.01, 5);
    expect(free.moved).toBeGreaterThan(0.9 * free.norm);
  });

  it('is pulled to the target of skips, whatever the reward', () => {
    const changes = { lr: 0.05, entropy: { weight: 0 }, skips: { target: 0.2, weight: 1 } };
    const of = {
      decisions: macro(3, 2),
      policy: lstmWith({ units: 4 }),
      learning: learningWith(changes),
    };
    const controller = new Controller(of, { stream: stream('init') });
    for (let round = 0; round < 200; round++)
      controller.learn([{ ...controller.draw(stream('draw', round)), reward: 1 }]);
    const bits = controller.tokens([0, 0, 0, 0, 0, 0]).filter(({ group }) => group !== undefined);
    for (const { p } of bits) expect(p[1]).toBeCloseTo(0.2, 1);
  });
});
