import { createStreams, type Decision } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { entropy, softmax } from './distribution.ts';
import { lstmPolicy } from './lstm.ts';
import type { Policy, Token, Walk } from './policy.ts';
import { difference, wave } from './testing/differences.ts';
import { lstmWith } from './testing/options.ts';
import { category, edges, MICRO, macro, micro, recurrent } from './testing/spaces.ts';

const stream = (name = 'lstm') => createStreams(3).stream(name);

function policyOf(decisions: readonly Decision[], changes: object = {}): Policy {
  return lstmPolicy(decisions, lstmWith(changes), stream('init'));
}

function sampled(policy: Policy, name = 'walk'): Walk {
  const draws = stream(name);
  return policy.walk((p) => draws.weighted(p));
}

/** The walk that takes given options, token by token. */
function along(policy: Policy, chosen: readonly number[]): Walk {
  let at = 0;
  return policy.walk(() => chosen[at++] as number);
}

const entropyOf = ({ tokens }: Walk): number => tokens.reduce((sum, { p }) => sum + entropy(p), 0);

describe('the gradient of an LSTM policy', () => {
  const small = { units: 3, bound: 0.8, temperature: 1.7 };
  const everything: Decision[] = [...macro(3, 4), category('last', ['a', 'b', 'c'])];
  it.each<[string, Decision[], object]>([
    ['categories', edges(3, 4), small],
    ['categories, each with its own softmax', edges(2, 3), { ...small, tables: 'decision' }],
    ['bits and their layers', everything, small],
    ['inputs of two cells', [...micro(2), ...micro(2)], small],
    ['inputs with distances', recurrent(4), { ...small, distance: true }],
    ['two layers', recurrent(3), { ...small, layers: 2 }],
    ['no temperature and no tanh', macro(3, 2), { ...small, temperature: null, tanh: null }],
    ['biases and offsets', micro(1), { ...small, bias: { sep3: 1 }, offset: { avg: 0.3 } }],
    ['a tanh that is reduced', micro(1), { ...small, reduce: 2.5 }],
  ])('is that of finite differences for %s', (_, decisions, options) => {
    const policy = policyOf(decisions, options);
    const { tokens, backward } = sampled(policy);
    const chosen = tokens.map((token) => token.chosen);
    const weights = tokens.map(({ logits }, at) => wave(logits.length, at));
    backward(weights);
    const loss = (): number =>
      along(policy, chosen).tokens.reduce((sum, { logits }, t) => {
        return sum + logits.reduce((part, l, i) => part + l * (weights[t]?.[i] as number), 0);
      }, 0);
    const { parameters, gradient } = policy;
    parameters.forEach((_value, at) => {
      expect(gradient[at], `θ ${at}`).toBeCloseTo(difference(parameters, at, loss), 7);
    });
    expect(Math.max(...gradient.map(Math.abs))).toBeGreaterThan(0.01);
  });
});

describe('an LSTM policy', () => {
  it('has 41,856 parameters for macro spaces with 64 units (check G)', () => {
    expect(policyOf(macro(12), { units: 64 }).parameters).toHaveLength(41_856);
    expect(policyOf(macro(3), { units: 64 }).parameters).toHaveLength(41_856);
  });

  it.each([
    ['macro', macro(12), 67.24883],
    ['micro', micro(5), 29.25288],
    ['recurrent', recurrent(12), 34.13784],
  ] as const)('begins near the largest entropy, %s (check F)', (_, decisions, largest) => {
    const flat = policyOf(decisions, { bound: 1e-9 });
    expect(entropyOf(sampled(flat))).toBeCloseTo(largest, 5);
    const untrained = entropyOf(sampled(policyOf(decisions)));
    expect(untrained).toBeLessThanOrEqual(largest);
    expect(untrained).toBeGreaterThan(largest - 0.01);
  });

  it('begins in U(±.1), both signs and to the edges', () => {
    const { parameters } = policyOf(edges(6, 5));
    expect(Math.min(...parameters)).toBeCloseTo(-0.1, 3);
    expect(Math.max(...parameters)).toBeCloseTo(0.1, 3);
  });

  it('divides by the temperature before the tanh (check A)', () => {
    const logitOf = (u: number): number | undefined => {
      const policy = policyOf(edges(1, 2), { bound: 1e-12, bias: { op0: u } });
      return along(policy, [0]).tokens[0]?.logits[0];
    };
    expect(logitOf(5)).toBeCloseTo(1.903985, 6);
    expect(logitOf(1)).toBeCloseTo(0.493438, 6);
  });

  it.each([
    [4, 1.1, 0.75052],
    [4, 1.5, 0.87005],
    [4, 2.25, 0.96775],
    [4, 2.5, 0.98019],
    [5, 1.1, 0.6929],
    [5, 2.5, 0.97376],
    [2, 2.5, 0.99331],
  ])('cannot be surer of one of %i options with c = %d than %d (check A)', (size, tanh, most) => {
    const policy = policyOf(edges(1, size), { units: 1, tanh });
    const { parameters } = policy;
    parameters.fill(5, 0, 9); // gates and start: h is near 1
    parameters.set(
      Array.from({ length: size }, (_, at) => (at === 0 ? 1e3 : -1e3)),
      9,
    );
    const [token] = along(policy, [0]).tokens;
    expect(token?.p[0]).toBeCloseTo(most, 5);
    expect(Math.max(...(token?.logits ?? []).map(Math.abs))).toBeLessThanOrEqual(tanh);
  });

  it('favours recent inputs by −d²/6 where it should (check B)', () => {
    const { tokens } = along(
      policyOf(recurrent(6), { distance: true, bound: 1e-9 }),
      [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    );
    const last = tokens.filter(({ p }) => p.length === 5)[0] as Token;
    const recentFirst = [...last.p].reverse();
    [0.50748, 0.3078, 0.13377, 0.04166, 0.00929].forEach((expected, at) => {
      expect(recentFirst[at]).toBeCloseTo(expected, 5);
    });
  });

  it('gives the released micro search its start probabilities (gotcha 10)', () => {
    const options = {
      tanh: 1.1,
      temperature: null,
      reduce: 2.5,
      bias: { sep3: 10, sep5: 10 },
      offset: { sep3: 0.25, sep5: 0.25, avg: -0.25, max: -0.25, id: -0.25 },
      bound: 1e-9,
    };
    const { tokens } = sampled(policyOf([...micro(2), ...micro(2)], options));
    const [first, , , , second] = tokens.filter(({ p }) => p.length === MICRO.length);
    expect(first?.p[0]).toBeCloseTo(0.3153, 4);
    expect(first?.p[4]).toBeCloseTo(0.1232, 4);
    expect(second?.p[0]).toBeCloseTo(0.2543, 4);
    expect(second?.p[4]).toBeCloseTo(0.1638, 4);
  });

  it('samples a bit by σ(2q): its logits are (−q, q)', () => {
    const { tokens } = sampled(policyOf(macro(3), { bound: 0.5 }));
    const bits = tokens.filter(({ group }) => group !== undefined);
    expect(bits.map(({ group }) => group)).toEqual([0, 1, 1]);
    for (const { logits, p } of bits) {
      const q = logits[1] as number;
      expect(logits[0]).toBe(-q);
      expect(p[1]).toBeCloseTo(1 / (1 + Math.exp(-2 * q)), 12);
    }
  });

  it('depends on every choice before, in the order of the tokens', () => {
    const policy = policyOf(macro(3), { bound: 0.5 });
    const base = [1, 2, 0, 3, 0, 1];
    const logitsAfter = (at: number, chosen: number) =>
      along(
        policy,
        base.map((one, i) => (i === at ? chosen : one)),
      ).tokens.map(({ logits }) => [...logits]);
    const before = along(policy, base).tokens.map(({ logits }) => [...logits]);
    for (const at of [0, 1, 2, 3]) {
      const after = logitsAfter(at, base[at] === 0 ? 1 : 0);
      const [same, changed] = [after.slice(0, at + 1), after.slice(at + 1)];
      expect(same).toEqual(before.slice(0, at + 1));
      // A bit of the same layer is decided from the same state; what follows the layer is not.
      expect(changed).not.toEqual(before.slice(at + 1));
    }
    expect(logitsAfter(4, 1)[5]).toEqual(before[5]);
  });

  it('goes on after bits with Σ chosen anchors / (1 + their number), by hand', () => {
    const decisions = [...macro(2, 2), category('last', ['a', 'b'])];
    const policy = policyOf(decisions, { units: 1, temperature: null, tanh: null });
    // Gates are σ(0) = ½ and the candidate tanh(x): c ← ½ tanh(x) + ½ c, h = ½ tanh(c).
    const cell = [0, 0, 0, 0, 0, 0, 1, 0];
    const [start, embedding] = [0.7, -0.4];
    // Then start, W₁, W₂, v; softmax and embedding of the operations; the same of the last.
    policy.parameters.set([...cell, start, 1, 1, 1, 0, 0, embedding, 9, 1, -1, 9, 9]);
    const lastAfter = (bit: number, factor: number): void => {
      let c = 0;
      const step = (x: number): number => {
        c = (Math.tanh(x) + c) / 2;
        return Math.tanh(c) / 2;
      };
      step(start); // the first layer's operation
      const anchor = step(embedding);
      step(start); // the second's
      step(embedding); // its bit
      const h = step(factor * anchor);
      const { logits } = along(policy, [0, 0, bit, 0]).tokens[3] as Token;
      expect(logits[0]).toBeCloseTo(h, 12);
      expect(logits[1]).toBeCloseTo(-h, 12);
    };
    lastAfter(1, 1 / 2);
    lastAfter(0, 0);
  });

  it('passes decisions by that do not exist, with the choice 0', () => {
    const deep = category('deep', ['no', 'yes']);
    const more = {
      ...category('more', ['a', 'b', 'c']),
      when: (prefix: readonly number[]) => prefix[0] === 1,
    };
    const policy = policyOf([deep, more, category('end', ['x', 'y'])]);
    expect(along(policy, [0, 1])).toMatchObject({ choices: [0, 0, 1] });
    expect(along(policy, [1, 2, 1])).toMatchObject({ choices: [1, 2, 1] });
    expect(along(policy, [0, 1]).tokens.map(({ decision }) => decision)).toEqual([0, 2]);
  });

  it('is stable for logits that are large without a tanh', () => {
    expect([...softmax(Float64Array.of(1000, 0, -1000))]).toEqual([1, 0, 0]);
  });
});
