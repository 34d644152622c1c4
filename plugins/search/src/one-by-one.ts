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
  let now = clock.time;
  let done = ledger.length;
  let end: 'spent' | 'exhausted' | undefined;
  while (end === undefined && done < until) {
    const isSpent = counts.issued >= evaluations || now >= time;
    const stop = isSpent ? 'done' : sampler.ask(streams(counts.asked++));
    if (stop === 'wait') throw stuck(done);
    if (stop === 'done') return 'exhausted';
    counts.issued++;
    const { number, architecture } = newborn;
    const place = findings.place(architecture, context);
    const duration = findings.duration(architecture);
    if (now + duration > time) end = 'spent';
    else {
      const outcome = findings.outcome(architecture);
      const merit = findings.merit(architecture);
      if (incumbents.mayBe(architecture, merit))
        incumbents.offer(log.length, architecture, outcome);
      log.pushNewborn(newborn, place);
      sampler.tell(number, architecture, outcome, merit);
      if (++done >= evaluations) end = 'spent';
    }
    clock.move(now + duration, done);
    now = clock.time;
  }
  return end;
}
