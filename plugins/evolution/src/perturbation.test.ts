import { createStreams, type Evaluation, type Proposal, singleMetric } from '@archer-nas/core';
import { type Bits, bitSpace } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';
import { perturbation } from './perturbation.ts';

const metric = { name: 'ones', unit: 'bits', direction: 'maximise' } as const;
const space = bitSpace(8);
const ones = (a: Bits): number => a.reduce((sum, bit) => sum + bit, 0);
const differ = (a: Bits, b: Bits): number => a.filter((bit, i) => bit !== b[i]).length;

/** All proposals of a search in which the number of ones counts, unless `score` says otherwise. */
function searched(score: (a: Bits, at: number) => number | undefined = ones): Proposal<Bits>[] {
  const options = { random: 6, perturbed: 5, chain: 20, probability: 0.1 };
  const recipe = perturbation(options);
  const sampler = recipe.begin({ space, metric, objective: singleMetric(metric) });
  const next = createStreams(4).sequence('propose');
  const proposals: Proposal<Bits>[] = [];
  for (;;) {
    const answer = sampler.propose(1, next(proposals.length));
    if (answer === 'done') break;
    const [proposal] = answer as readonly Proposal<Bits>[];
    if (proposal === undefined) throw new Error('proposed nothing');
    const value = score(proposal.architecture, proposals.length);
    proposals.push(proposal);
    const seen: Evaluation<Bits> =
      value === undefined
        ? { proposal, metrics: {}, cost: {}, status: 'failed' }
        : { proposal, metrics: { ones: value }, cost: {}, status: 'final' };
    sampler.observe([seen]);
  }
  expect(proposals).toHaveLength(recipe.evaluations as number);
  return proposals;
}

/** The first of the best. */
function bestOf(proposals: readonly Proposal<Bits>[]): Proposal<Bits> {
  return proposals.reduce((a, b) => (ones(b.architecture) > ones(a.architecture) ? b : a));
}

describe('random, perturb, chain', () => {
  const proposals = searched();

  it('perturbs the best of the random architectures, and no other', () => {
    const best = bestOf(proposals.slice(0, 6));
    for (const { architecture, parent } of proposals.slice(6, 11)) {
      expect(parent).toBe(best.id);
      expect(differ(architecture, best.architecture)).toBeGreaterThan(0);
    }
    expect(proposals.slice(0, 6).every(({ parent }) => parent === undefined)).toBe(true);
  });

  it('then moves from the best so far to each perturbation of it that is better', () => {
    proposals.slice(11).forEach(({ architecture, parent }, at) => {
      const base = bestOf(proposals.slice(0, 11 + at));
      expect(parent).toBe(base.id);
      expect(differ(architecture, base.architecture)).toBeGreaterThan(0);
    });
    const bases = new Set(proposals.slice(11).map(({ parent }) => parent));
    expect(bases.size).toBeGreaterThan(1);
  });

  it('stays with the first of equals', () => {
    const flat = searched(() => 1);
    expect(new Set(flat.slice(6).map(({ parent }) => parent))).toEqual(new Set([flat[0]?.id]));
  });

  it('draws on at random as long as every architecture has failed', () => {
    const failing = searched((a, at) => (at < 12 ? undefined : ones(a)));
    expect(failing.slice(0, 13).every(({ parent }) => parent === undefined)).toBe(true);
    expect(failing[13]?.parent).toBe(failing[12]?.id);
  });
});
