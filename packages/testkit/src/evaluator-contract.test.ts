import {
  createStreams,
  type Evaluation,
  type EvaluationContext,
  type Evaluator,
  type Proposal,
} from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { evaluatorChecks, proposalsFrom } from './evaluator-contract.ts';
import { broken } from './testing/broken.ts';
import { type Bits, bitSpace } from './toy-bits.ts';

/** Shared by all evaluators of the process. */
let calls = 0;

const ones = (a: Bits): number => a.reduce((sum, bit) => sum + bit, 0);

/** Counts ones, one proposal per step; has one mistake. */
function counting(mistake: string): Evaluator<Bits> {
  let asked = 0;
  const value = (a: Bits, among: number): number => {
    calls += 1;
    asked += 1;
    if (mistake === 'another value the second time') return ones(a) + (asked > 4 ? 1 : 0);
    if (mistake === 'clock') return performance.now();
    if (mistake === 'random') return Math.random();
    if (mistake === 'state of the module') return calls;
    return mistake === 'value of the batch' ? ones(a) / among : ones(a);
  };
  const evaluate = (proposal: Proposal<Bits>, among = 1): Evaluation<Bits> => {
    const { architecture } = proposal;
    if (mistake === 'mutates proposals') (architecture as number[])[0] = 1;
    const name = mistake === 'other metric' ? 'zeros' : 'ones';
    const metrics = { [name]: value(architecture, among) };
    const failed = mistake === 'failure without a reason' ? { status: 'failed' as const } : {};
    return { proposal, metrics, cost: {}, status: 'final', ...failed };
  };
  return {
    metrics: [{ name: 'ones', unit: 'bits', direction: 'maximise' }],
    start(proposals, _: EvaluationContext, saved) {
      const done: Evaluation<Bits>[] =
        mistake === 'hidden state' ? [] : [...((saved as never[] | undefined) ?? [])];
      return {
        get state() {
          return done.map((one) => ({ ...one })) as never;
        },
        get progress() {
          return { done: done.length, total: proposals.length, unit: 'evaluation' } as const;
        },
        async step(signal) {
          signal.throwIfAborted();
          const next = evaluate(proposals[done.length] as Proposal<Bits>, proposals.length);
          done.push(next);
          return { evaluations: [next] };
        },
        evaluations: () => (mistake === 'another order' ? [...done].reverse() : [...done]),
      };
    },
    lookUp(proposal) {
      const evaluation = evaluate(proposal);
      if (mistake !== 'impure look-up') return evaluation;
      return { ...evaluation, metrics: { ones: calls } };
    },
  };
}

const of = (mistake: string) => {
  const space = bitSpace(6);
  const context = { batches: 'all', streams: createStreams(0) } as const;
  return broken(
    evaluatorChecks(async () => ({
      evaluator: counting(mistake),
      space,
      proposals: proposalsFrom(space),
      context,
    })),
  );
};

const COMPANY = 'says the same of an architecture in any company and at any time';
const ANSWERS = 'evaluates every proposal, in order, by the metrics it announces';

describe('evaluatorChecks', () => {
  it('pass an evaluator that keeps the contract', async () => {
    expect(await of('none')).toEqual([]);
  });

  it.each([
    ['another value the second time', COMPANY],
    ['value of the batch', COMPANY],
    ['clock', 'repeats bit for bit'],
    ['random', 'repeats bit for bit'],
    ['state of the module', 'repeats bit for bit'],
    ['hidden state', 'ends the same when resumed after any step'],
    ['other metric', ANSWERS],
    ['another order', ANSWERS],
    ['failure without a reason', ANSWERS],
    ['impure look-up', 'looks up what its jobs measure, if it looks up'],
    ['mutates proposals', 'leaves proposals alone'],
  ])('catch an evaluator with this mistake: %s', async (mistake, check) => {
    expect(await of(mistake)).toContain(check);
  });
});
