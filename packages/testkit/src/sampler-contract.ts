import {
  createStreams,
  type Evaluation,
  type Proposal,
  type Sampler,
  type State,
} from '@archer-nas/core';
import { expect } from 'vitest';
import { type Check, describeChecks } from './check.ts';
import { cloneState } from './clone-state.ts';

/** A sampler to be checked, of architectures or of paths. */
export interface SamplerSubject<A> {
  /** Makes the sampler with everything around it anew. */
  begin(saved?: State): Sampler<A>;
  evaluate(proposal: Proposal<A>): Evaluation<A>;
  /** Throws, or is false, for what the sampler must not propose. */
  legal(architecture: A): boolean;
  /** Rounds of propose and observe; default 6. */
  readonly rounds?: number;
  /** Proposals asked for in each; default 4. */
  readonly batch?: number;
}

type Answer<A> = ReturnType<Sampler<A>['propose']>;

/** The contract of a sampler. */
export function samplerChecks<A>(subject: SamplerSubject<A>): readonly Check[] {
  return [
    {
      name: 'repeats bit for bit',
      run: () => expect(ask(subject)).toStrictEqual(ask(subject)),
    },
    {
      name: 'ends the same when resumed after any round',
      run: () => {
        const { answers, states } = ask(subject);
        states.forEach((state, k) => {
          const rest = { answers: answers.slice(k), states: states.slice(k) };
          expect(ask(subject, k, cloneState(state)), `round ${k}`).toStrictEqual(rest);
        });
      },
    },
    {
      name: 'proposes what is legal, no more than asked, by distinct ids',
      run: () => checkProposals(subject),
    },
    { name: 'survives failed evaluations', run: () => checkFailures(subject) },
  ];
}

/** Runs {@link samplerChecks} as tests. */
export function describeSampler<A>(title: string, subject: SamplerSubject<A>): void {
  describeChecks(`sampler ${title}`, samplerChecks(subject));
}

/** Asks from round `from` on, tells every evaluation, keeps the state before every round. */
function ask<A>(
  subject: SamplerSubject<A>,
  from = 0,
  saved?: State,
): { answers: Answer<A>[]; states: State[] } {
  const { rounds = 6, batch = 4 } = subject;
  const sampler = subject.begin(saved);
  const answers: Answer<A>[] = [];
  const states = [cloneState(sampler.state)];
  for (let round = from; round < rounds; round++) {
    const answer = sampler.propose(batch, createStreams(0).stream('kit', round));
    answers.push(structuredClone(answer));
    if (typeof answer !== 'string') {
      sampler.observe(answer.map((proposal) => subject.evaluate(proposal)));
    }
    sampler.advance?.({ done: round + 1, total: rounds, unit: 'round' });
    states.push(cloneState(sampler.state));
  }
  return { answers, states };
}

function checkProposals<A>(subject: SamplerSubject<A>): void {
  const { batch = 4 } = subject;
  const lists = ask(subject).answers.filter((answer) => typeof answer !== 'string');
  const proposals = lists.flat() as Proposal<A>[];
  expect(proposals, 'proposals').not.toHaveLength(0);
  for (const list of lists) {
    expect(list.length).toBeLessThanOrEqual(batch);
    const ids = (list as Proposal<A>[]).map(({ id }) => id);
    expect(new Set(ids).size, 'distinct ids').toBe(ids.length);
  }
  for (const { architecture } of proposals) expect(subject.legal(architecture)).toBe(true);
}

function checkFailures<A>(subject: SamplerSubject<A>): void {
  const failing: SamplerSubject<A> = {
    ...subject,
    evaluate: (proposal) => ({ proposal, metrics: {}, cost: {}, status: 'failed', reason: 'kit' }),
  };
  checkProposals(failing);
}
