import {
  createStreams,
  type Evaluation,
  type Proposal,
  type Sampler,
  type State,
} from '@archer-nas/core';
import { expect } from 'vitest';
import type { Check } from './check.ts';
import { cloneState } from './clone-state.ts';

/** A sampler to be checked, of architectures or of paths. */
export interface SamplerSubject<A> {
  /** Makes the sampler with everything around it anew. */
  begin(saved?: State): Sampler<A>;
  /** Pure: the same proposal, the same evaluation. */
  evaluate(proposal: Proposal<A>): Evaluation<A>;
  /** Throws, or is false, for what the sampler must not propose. */
  legal(architecture: A): boolean;
  /** An evaluation with NaN for everything measured. */
  spoilt?(evaluation: Evaluation<A>): Evaluation<A>;
  /** Whether it says that it proposes the same whatever it observes. */
  readonly blind: boolean;
  /** Rounds of propose and observe; default 6. */
  readonly rounds?: number;
  /** Proposals asked for in each; default 4. */
  readonly batch?: number;
}

type Answer<A> = ReturnType<Sampler<A>['propose']>;

/** What a sampler did: its answers, and its state before every round and at the end. */
export interface SamplerTrace<A> {
  readonly answers: readonly Answer<A>[];
  readonly states: readonly State[];
}

/** The contract of a sampler; the subject is made anew for each check. */
export function samplerChecks<A>(make: () => Promise<SamplerSubject<A>>): readonly Check[] {
  const check = (name: string, run: (subject: SamplerSubject<A>) => void): Check => ({
    name,
    run: async () => run(await make()),
  });
  return [
    check('repeats bit for bit', (subject) => expect(ask(subject)).toStrictEqual(ask(subject))),
    check('ends the same when resumed after any round', checkResume),
    check('is not disturbed by another at the same time', (subject) =>
      expect(askTwo(subject)).toStrictEqual(ask(subject)),
    ),
    check('gives snapshots and proposals that later rounds leave alone', checkUntouched),
    check('proposes what is legal, no more than asked, by distinct ids', checkProposals),
    check('learns from what it observes, unless it is blind', checkLearns),
    check('survives failed evaluations', (subject) => checkProposals(failing(subject))),
    check('never makes a parent of NaN or of a failure', checkParents),
  ];
}

/** What a sampler does on its subject. */
export function samplerTrace<A>(subject: SamplerSubject<A>): SamplerTrace<A> {
  return ask(subject);
}

/** One round: asks, tells, marks the end. */
function round<A>(
  subject: SamplerSubject<A>,
  sampler: Sampler<A>,
  at: number,
  seed = 0,
): Answer<A> {
  const { rounds = 6, batch = 4 } = subject;
  const answer = sampler.propose(batch, createStreams(seed).stream('kit', at));
  if (typeof answer !== 'string') {
    sampler.observe(answer.map((proposal) => subject.evaluate(proposal)));
  }
  sampler.advance?.({ done: at + 1, total: rounds, unit: 'round' });
  return answer;
}

/** Asks from round `from` on, tells every evaluation, keeps the state before every round. */
function ask<A>(subject: SamplerSubject<A>, from = 0, saved?: State): SamplerTrace<A> {
  const { rounds = 6 } = subject;
  const sampler = subject.begin(saved);
  const answers: Answer<A>[] = [];
  const states = [cloneState(sampler.state)];
  for (let at = from; at < rounds; at++) {
    answers.push(structuredClone(round(subject, sampler, at)));
    states.push(cloneState(sampler.state));
  }
  return { answers, states };
}

function checkResume<A>(subject: SamplerSubject<A>): void {
  const { answers, states } = ask(subject);
  states.forEach((state, k) => {
    const rest = { answers: answers.slice(k), states: states.slice(k) };
    expect(ask(subject, k, cloneState(state)), `round ${k}`).toStrictEqual(rest);
  });
}

/** The trace of one sampler while a second one is asked for other proposals in between. */
function askTwo<A>(subject: SamplerSubject<A>): SamplerTrace<A> {
  const { rounds = 6 } = subject;
  const [sampler, other] = [subject.begin(), subject.begin()];
  const answers: Answer<A>[] = [];
  const states = [cloneState(sampler.state)];
  for (let at = 0; at < rounds; at++) {
    round(subject, other, at, 1);
    answers.push(structuredClone(round(subject, sampler, at)));
    states.push(cloneState(sampler.state));
  }
  return { answers, states };
}

function checkUntouched<A>(subject: SamplerSubject<A>): void {
  const { rounds = 6 } = subject;
  const sampler = subject.begin();
  const given: unknown[] = [sampler.state];
  const copies: unknown[] = [structuredClone(given[0])];
  for (let at = 0; at < rounds; at++) {
    given.push(round(subject, sampler, at), sampler.state);
    copies.push(...structuredClone(given.slice(-2)));
  }
  expect(given).toStrictEqual(copies);
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

/** Tells everything to one, and of the other's evaluations the negated numbers. */
function checkLearns<A>(subject: SamplerSubject<A>): void {
  const opposite = (evaluation: Evaluation<A>): Evaluation<A> => {
    const { metrics, signals = {} } = evaluation;
    const turned = Object.entries(signals).map(([name, values]) => {
      const largest = values.reduce((most, value) => Math.max(most, value), 0);
      return [name, values.map((value) => largest - value)] as const;
    });
    return { ...evaluation, metrics: negated(metrics), signals: Object.fromEntries(turned) };
  };
  const evaluate = (proposal: Proposal<A>) => opposite(subject.evaluate(proposal));
  const [straight, turned] = [ask(subject), ask({ ...subject, evaluate })];
  const same = JSON.stringify(straight.answers) === JSON.stringify(turned.answers);
  const claim = subject.blind ? 'is blind, but proposals differ' : 'observes in vain; not blind?';
  expect(same, `a sampler that ${claim}`).toBe(subject.blind);
}

function negated(metrics: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, -value]));
}

function failing<A>(subject: SamplerSubject<A>): SamplerSubject<A> {
  const evaluate = (proposal: Proposal<A>): Evaluation<A> => failed(proposal);
  return { ...subject, evaluate };
}

function failed<A>(proposal: Proposal<A>): Evaluation<A> {
  return { proposal, metrics: {}, cost: {}, status: 'failed', reason: 'kit' };
}

/**
 * After a first round of numbers, every other evaluation is NaN or a failure: none of those is
 * the parent of a later proposal.
 */
function checkParents<A>(subject: SamplerSubject<A>): void {
  const { spoilt = (evaluation) => ({ ...evaluation, metrics: nan(evaluation.metrics) }) } =
    subject;
  const bad = new Set<string>();
  const counted = new Map<string, number>();
  const evaluate = (proposal: Proposal<A>): Evaluation<A> => {
    const at = counted.get(proposal.id) ?? counted.size;
    counted.set(proposal.id, at);
    if (at < (subject.batch ?? 4) || at % 2 === 0) return subject.evaluate(proposal);
    bad.add(proposal.id);
    return at % 4 === 1 ? failed(proposal) : spoilt(subject.evaluate(proposal));
  };
  const trace = ask({ ...subject, evaluate });
  for (const answer of trace.answers) {
    if (typeof answer === 'string') continue;
    const parents = answer.flatMap(({ parent }) => (parent === undefined ? [] : [parent]));
    expect(
      parents.filter((parent) => bad.has(parent)),
      'parents without a number',
    ).toEqual([]);
    for (const { architecture } of answer) expect(subject.legal(architecture)).toBe(true);
  }
}

function nan(metrics: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.keys(metrics).map((name) => [name, Number.NaN]));
}
