// biome-ignore-all lint/suspicious/noExplicitAny: the space's architecture type is known only at run time
import type { Evaluation, SearchSpace, Stream, StudyContext } from '@archer-nas/core';

/** Candidates that a search will have chosen from: as many as studies usually take. */
const CANDIDATES = 10;

/** How many random architectures stand for what a search has not found yet. */
export interface StandIns {
  readonly incumbents: number;
  readonly candidates: number;
}

/** What a study sees of a search. */
type Seen = StudyContext<any>['search'];

/**
 * A search that has hardly begun, as studies would find it at its end: with random architectures
 * for its best one and for its candidates, where it has none yet. So what they will do can be timed.
 */
export function withStandIns(
  search: Seen,
  space: SearchSpace<any>,
  stream: Stream,
): { readonly search: Seen; readonly standIns: StandIns } {
  const random = (length: number): Evaluation<any>[] =>
    Array.from({ length }, (_, i) => ({
      proposal: { id: `stand-in-${i}`, architecture: space.sample(stream) },
      ...{ metrics: {}, cost: {}, status: 'final' },
    }));
  const found = search.incumbents();
  const best = found.length > 0 ? found : random(1);
  const { candidates } = search.views;
  const isShort = candidates !== undefined && candidates.evaluations().length < 2;
  const chosen = isShort ? random(CANDIDATES) : undefined;
  // Views may be made when they are asked for: a copy would make them all.
  const views = new Proxy(search.views, {
    get: (own, key) =>
      key === 'candidates' && chosen
        ? { evaluations: () => chosen, judged: () => chosen.length }
        : Reflect.get(own, key, own),
  });
  return {
    search: { views, incumbents: () => best, progress: search.progress },
    standIns: { incumbents: found.length > 0 ? 0 : 1, candidates: chosen?.length ?? 0 },
  };
}
