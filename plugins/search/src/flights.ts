import {
  ArcherError,
  type Evaluation,
  type Outcome,
  type SearchSpace,
  type State,
} from '@archer-nas/core';
import type { Limits } from './options.ts';
import { loadEvaluation, saveEvaluation } from './saved.ts';

/** Proposals that a simulated worker is at, with what will come of them. */
export interface Flight<A> {
  /** Number of the ask that they came from; the smaller one lands first at the same time. */
  readonly order: number;
  /** The clock when they were proposed. */
  readonly start: number;
  readonly evaluations: readonly Evaluation<A>[];
  /** The clock when each evaluation ends. */
  readonly ends: readonly number[];
  readonly end: number;
}

/** The work of one worker, which evaluates one proposal after the other. */
export function flightOf<A>(
  order: number,
  start: number,
  evaluations: readonly Evaluation<A>[],
  limits: Limits,
): Flight<A> {
  const ends: number[] = [];
  let end = start;
  for (const evaluation of evaluations) {
    end += durationOf(evaluation, limits);
    ends.push(end);
  }
  return { order, start, evaluations, ends, end };
}

/** Puts a flight among those in the air, which are in the order of landing. */
export function takeOff<A>(flights: Flight<A>[], flight: Flight<A>): void {
  let at = flights.length;
  while (at > 0 && landsBefore(flight, flights[at - 1] as Flight<A>)) at--;
  flights.splice(at, 0, flight);
}

function landsBefore(a: Flight<unknown>, b: Flight<unknown>): boolean {
  return a.end === b.end ? a.order < b.order : a.end < b.end;
}

/** What an evaluation takes on the clock; nothing where its cost is not stated. */
export function durationOf({ cost, status }: Outcome, limits: Limits): number {
  if (limits.unit === 'evaluations') return 1;
  const duration = cost[limits.unit];
  if (duration !== undefined) return duration;
  if (limits.time === Number.POSITIVE_INFINITY || status !== 'final') return 0;
  throw new ArcherError(
    'ARCHER_NO_COST',
    `search: the budget is in ${limits.unit}, but an evaluation states none.`,
    { hint: 'Give the budget in evaluations, or use an evaluator that states its cost.' },
  );
}

/** A flight as state; {@link flightOf} computes the times again. */
export function saveFlight<A>(space: SearchSpace<A>, flight: Flight<A>): State {
  const evaluations = flight.evaluations.map((one) => saveEvaluation(space, one));
  return { order: flight.order, start: flight.start, evaluations };
}

/** Inverse of {@link saveFlight}. */
export function loadFlight<A>(space: SearchSpace<A>, saved: State, limits: Limits): Flight<A> {
  const { order, start, evaluations } = saved as unknown as {
    readonly order: number;
    readonly start: number;
    readonly evaluations: readonly State[];
  };
  const loaded = evaluations.map((one) => loadEvaluation(space, one));
  return flightOf(order, start, loaded, limits);
}
