import {
  type Evaluator,
  pureEvaluator,
  type SearchContext,
  type SearchSpace,
} from '@archer-nas/core';

/**
 * A search without a model has no opinion of architectures that it has not seen: its scores
 * are random, one per architecture, so that a ranking study shows what chance does.
 */
export function opinion<A>(space: SearchSpace<A>, streams: SearchContext['streams']): Evaluator<A> {
  const scope = streams.scope('opinion');
  return pureEvaluator<A>({
    metrics: [{ name: 'random-score', unit: '1', direction: 'maximise' }],
    description: 'a random number for every architecture',
    measure: (a) => ({ metrics: { 'random-score': scope.stream(space.id(a)).float() } }),
  });
}
