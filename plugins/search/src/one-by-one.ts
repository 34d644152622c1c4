import type { EvaluationContext, NumberedSampler, Stream } from '@archer-nas/core';
import { type Clock, stuck } from './clock.ts';
import type { Ledger } from './ledger.ts';
import type { RecordedValues } from './parts.ts';

/** What proposals need that are made, looked up and told one after the other. */
export interface OneByOneOf<A> {
  readonly sampler: NumberedSampler<A>;
  readonly recorded: RecordedValues<A>;
  readonly streams: (ask: number) => Stream;
  readonly context: EvaluationContext;
  readonly ledger: Ledger<A>;
  readonly clock: Clock;
}

/** How often the sampler was asked, and what it proposed in all. */
export interface Asked {
  asked: number;
  issued: number;
}

/**
 * The loop of one worker whose values are recorded: no proposal, evaluation or outcome is
 * an object, so that a search makes a million of them in a second. It is the same search as with
 * objects.
 *
 * @param until ends it when the ledger has so many
 * @returns why the search is over: the budget is spent, or the sampler has no more
 */
export function oneByOne<A>(
  { sampler, recorded, streams, context, ledger, clock }: OneByOneOf<A>,
  counts: Asked,
  until: number,
): 'spent' | 'exhausted' | undefined {
  const { newborn } = sampler;
  const { log, incumbents } = ledger;
  const { evaluations, time } = clock.limits;
  const findings = recorded.findingsIn(log);
  // A number that is handed to a function may become an object: the clock is set at the end.
  let now = Math.min(clock.time, time);
  let done = ledger.length;
  let over: 'spent' | 'exhausted' | undefined;
  while (over === undefined && done < until) {
    const isSpent = counts.issued >= evaluations || now >= time;
    const stop = isSpent ? 'done' : sampler.ask(streams(counts.asked++));
    if (stop === 'wait') throw stuck(done);
    if (stop === 'done') {
      over = 'exhausted';
      break;
    }
    counts.issued++;
    const { number, architecture } = newborn;
    const place = findings.place(architecture, context);
    const end = now + findings.duration(architecture);
    if (end > time) over = 'spent';
    else {
      const outcome = findings.outcome(architecture);
      const merit = findings.merit(architecture);
      incumbents.consider(log.length, architecture, outcome, merit);
      log.pushNewborn(newborn, place);
      sampler.tell(number, architecture, outcome, merit);
      if (++done >= evaluations) over = 'spent';
    }
    clock.note(end > now, done);
    now = Math.min(end, time);
  }
  clock.time = now;
  return over;
}
