import {
  createStreams,
  type Decision,
  type Evaluation,
  type Proposal,
  type SearchSpace,
  sha256Hex,
  singleMetric,
} from '@archer-nas/core';

import { bitSpace } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';
import { type ConstrainedTopKOptions, constrainedTopK as evolution } from './constrained-top-k.ts';
import { crossover, type Genes, mutate } from './genes.ts';
import plugins from './index.ts';

/** Chains of `length` blocks with four options each, as SPOS searches; cost: sum of the choices. */
function chain(length: number): SearchSpace<Genes> {
  const decisions: Decision[] = Array.from({ length }, (_, i) => ({
    name: `block${i}`,
    kind: 'categorical',
    options: ['k3', 'k5', 'k7', 'xception'],
  }));
  return {
    name: 'chain',
    size: 4n ** BigInt(length),
    sample: (stream) => decisions.map(() => stream.int(4)),
    format: (a) => a.join(''),
    parse: (text) => [...text].map(Number),
    id: (a) => a.join(''),
    decisions,
    toChoices: (a) => [...a],
    fromChoices: (choices) => choices,
    costs: { names: ['cost'], of: (a) => ({ cost: sum(a) }) },
  };
}

const sum = (genes: Genes): number => genes.reduce((total, gene) => total + gene, 0);
const metric = { name: 'quality', unit: '1', direction: 'maximise' } as const;
const objective = singleMetric(metric);
const plugin = plugins.find(({ id }) => id === 'constrained-top-k');
const parsed = (given: object) => plugin?.options.parse(given) as ConstrainedTopKOptions;

function evaluation<A>(proposal: Proposal<A>, quality: number): Evaluation<A> {
  return { proposal, metrics: { quality }, cost: {}, status: 'final' };
}

/** Runs a whole search; returns the architectures in the order in which they were evaluated. */
function search<A>(
  space: SearchSpace<A>,
  given: object,
  quality: (a: A) => number,
  batch = 1,
): A[] {
  const sampler = evolution(parsed(given)).begin({ space, metric, objective });
  const seen: A[] = [];
  for (let round = 0; ; round++) {
    const answer = sampler.propose(batch, createStreams(0).stream('test', round));
    if (answer === 'done') return seen;
    if (answer === 'wait') throw new Error('nothing is outstanding');
    sampler.observe(answer.map((one) => evaluation(one, quality(one.architecture))));
    seen.push(...answer.map(({ architecture }) => architecture));
  }
}

describe('evolution', () => {
  it('draws what it has always drawn', () => {
    // Recorded from the search of SPOS before there was one engine for all kinds of evolution.
    // Another value means that searches of trained supernets end differently.
    const recipe = evolution({
      ...{ population: 12, parents: 5, mutations: 4, mutationRate: 0.1, crossovers: 4 },
      ...{ generations: 12, attempts: 10, fillAttempts: 100, constraint: { params: 35 } },
    });
    const sampler = recipe.begin({ space: bitSpace(10), metric, objective });
    const streams = createStreams(4).scope('search');
    const all: string[] = [];
    for (let round = 0; ; round++) {
      const answer = sampler.propose(4, streams.stream('search', round));
      if (typeof answer === 'string') break;
      for (const { id, architecture } of answer) all.push(`${id}:${architecture.join('')}`);
      sampler.observe(
        answer.map((proposal, i) => ({
          ...evaluation(proposal, (Number.parseInt(proposal.architecture.join(''), 2) * 7919) % 31),
          status: i % 7 === 3 ? 'failed' : 'final',
        })),
      );
    }
    expect(all).toHaveLength(156);
    expect(sha256Hex(all.join('\n')).slice(0, 16)).toBe('a81a4ba2830b4d93');
  });

  it('evaluates 1,050 distinct architectures within the limit (SPOS)', () => {
    const limit = 31;
    const seen = search(
      chain(20),
      { constraint: { cost: limit } },
      (a) => sum(a) + (a[0] as number),
    );
    expect(seen).toHaveLength(1050);
    expect(new Set(seen.map((a) => a.join(''))).size).toBe(1050);
    expect(Math.max(...seen.map(sum))).toBeLessThanOrEqual(limit);
  });

  it('is better than its own random start, and than random search of the same length', () => {
    const quality = (a: Genes): number => -sum(a.map((gene) => (gene - 2) ** 2));
    const seen = search(chain(20), {}, quality).map(quality);
    const random = search(chain(20), { mutations: 0, crossovers: 0 }, quality).map(quality);
    expect(Math.max(...seen)).toBeGreaterThan(Math.max(...seen.slice(0, 50)) + 10);
    expect(Math.max(...seen)).toBeGreaterThan(Math.max(...random) + 5);
  });

  it('minimises where the metric is to be minimised', () => {
    const sampler = evolution(parsed({})).begin({
      space: chain(20),
      metric: { ...metric, direction: 'minimise' },
      objective: singleMetric({ ...metric, direction: 'minimise' }),
    });
    let last = Number.NaN;
    let first = Number.NaN;
    for (let round = 0; ; round++) {
      const answer = sampler.propose(50, createStreams(1).stream('test', round));
      if (typeof answer === 'string') break;
      sampler.observe(answer.map((one) => evaluation(one, sum(one.architecture))));
      last = Math.min(...answer.map(({ architecture }) => sum(architecture)));
      if (round === 0) first = last;
    }
    expect(last).toBeLessThan(first - 8);
  });

  it('ends early when the space is exhausted', () => {
    const seen = search(bitSpace(3), { population: 4, mutations: 2, crossovers: 2 }, sum, 3);
    expect(new Set(seen.map((a) => a.join(''))).size).toBe(8);
    expect(seen).toHaveLength(8);
  });

  it('never makes parents of failures or NaN', () => {
    // Only architectures that start with 3 have a value: all parents do, and so all children
    // of crossover do.
    const given = { population: 40, mutations: 0, crossovers: 40, generations: 1 };
    const quality = (a: Genes): number => (a[0] === 3 ? 1 : Number.NaN);
    const children = search(chain(20), given, quality).slice(40);
    expect(children).toHaveLength(40);
    for (const child of children) expect(child[0]).toBe(3);
  });

  it('waits for what is outstanding before it makes the next generation', () => {
    const sampler = evolution(parsed({ population: 2, mutations: 1, crossovers: 1 })).begin({
      space: chain(5),
      metric,
      objective,
    });
    const stream = createStreams(0).stream('test');
    const [a, b] = [sampler.propose(1, stream), sampler.propose(1, stream)];
    expect(sampler.propose(1, stream)).toBe('wait');
    for (const answer of [b, a]) {
      if (typeof answer !== 'string') sampler.observe(answer.map((one) => evaluation(one, 1)));
    }
    expect(sampler.propose(1, stream)).toHaveLength(1);
  });

  it('refuses limits that it cannot keep and costs that the space does not have', () => {
    const begin = (constraint: Record<string, number>) =>
      search(chain(3), { constraint, fillAttempts: 10 }, sum);
    expect(() => begin({ cost: -1 })).toThrow('none of 500 random architectures of chain keeps');
    expect(() => begin({ macs: 1 })).toThrow("chain has no cost 'macs', only cost");
  });

  it('refuses more children than the population has places', () => {
    expect(() => parsed({ population: 10 })).toThrow('must not exceed population');
    expect(evolution(parsed({})).evaluations).toBe(1050);
  });
});

describe('operators', () => {
  const { decisions = [] } = chain(20);
  const parent = Array.from({ length: 20 }, (_, i) => i % 4);

  it('mutate changes a gene of four options with probability 0.075', () => {
    const stream = createStreams(2).stream('mutate');
    const runs = 20_000;
    const changes = Array.from({ length: runs }, () => {
      const child = mutate(parent, decisions, 0.1, stream);
      return child.filter((gene, i) => gene !== parent[i]).length;
    });
    const mean = sum(changes) / runs;
    expect(mean / 20).toBeCloseTo(0.075, 2);
    expect(mean).toBeCloseTo(1.5, 1); // of 20 genes
    expect(changes.filter((n) => n > 0).length / runs).toBeCloseTo(0.79, 1); // 1 - 0.925^20
    expect(Math.abs(mean - 1.5)).toBeLessThan(5 * Math.sqrt((20 * 0.075 * 0.925) / runs));
  });

  it('crossover takes each gene from either parent equally often', () => {
    const stream = createStreams(3).stream('crossover');
    const [zeros, ones] = [parent.map(() => 0), parent.map(() => 1)];
    const total = Array.from({ length: 2000 }, () => sum(crossover(zeros, ones, stream)));
    expect(sum(total) / 40_000).toBeCloseTo(0.5, 2);
    expect(new Set(total).size).toBeGreaterThan(5);
  });
});
