import type { Evaluation, Objective, Outcome, Proposal, Sampler } from './evaluation.ts';
import { type Merit, meritOf } from './merit.ts';
import type { State } from './state.ts';
import type { Stream } from './stream.ts';

/** What a {@link NumberedSampler} proposed last. To be read at once: the next one overwrites it. */
export interface Newborn<A> {
  /** Its id is this and the number; ends with '-'. */
  readonly prefix: string;
  /** Proposals before it. */
  number: number;
  architecture: A;
  /** The number of the proposal that it was made from; -1: none. */
  parent: number;
}

/**
 * A sampler whose proposals are numbered in the order in which they are made, and named after their
 * numbers: nothing has to be allocated for one, so that searches make them by the million.
 */
export interface NumberedSampler<A> {
  readonly newborn: Readonly<Newborn<A>>;
  /** Makes a proposal, of which `newborn` tells; or says why there is none. */
  ask(stream: Stream): 'wait' | 'done' | undefined;
  /** What came of proposal `number`. */
  tell(number: number, architecture: A, outcome: Outcome, merit: Readonly<Merit>): void;
  readonly state: State;
}

/** A numbered sampler as any other. */
export function samplerOf<A>(numbered: NumberedSampler<A>, objective: Objective): Sampler<A> {
  return new NamingSampler(numbered, objective);
}

class NamingSampler<A> implements Sampler<A> {
  readonly numbered: NumberedSampler<A>;
  readonly #objective: Objective;

  constructor(numbered: NumberedSampler<A>, objective: Objective) {
    this.numbered = numbered;
    this.#objective = objective;
  }

  get state(): State {
    return this.numbered.state;
  }

  propose(n: number, stream: Stream): readonly Proposal<A>[] | 'wait' | 'done' {
    const proposals: Proposal<A>[] = [];
    while (proposals.length < n) {
      const stop = this.numbered.ask(stream);
      if (stop !== undefined) return proposals.length > 0 ? proposals : stop;
      const { prefix, number, architecture, parent } = this.numbered.newborn;
      const own = { id: `${prefix}${number}`, architecture };
      proposals.push(parent < 0 ? own : { ...own, parent: `${prefix}${parent}` });
    }
    return proposals;
  }

  observe(evaluations: readonly Evaluation<A>[]): void {
    const { prefix } = this.numbered.newborn;
    for (const { proposal, ...outcome } of evaluations) {
      const number = Number(proposal.id.slice(prefix.length));
      const merit = meritOf(outcome, this.#objective);
      this.numbered.tell(number, proposal.architecture, outcome, merit);
    }
  }
}
