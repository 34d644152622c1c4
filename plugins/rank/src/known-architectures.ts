import {
  ArcherError,
  type Benchmark,
  type Evaluator,
  EXIT,
  type SearchSpace,
} from '@archer-nas/core';

/**
 * The architectures that a table of a sample has: of those that are the same network when they are
 * trained alone the first, in the space's order.
 *
 * @throws ArcherError `ARCHER_ARCHITECTURES` when the truth is no such table, or the space cannot
 * list its architectures
 */
export function knownArchitectures<A>(
  space: SearchSpace<A>,
  truth: Benchmark<A> | Evaluator<A>,
): readonly A[] {
  if (!('has' in truth) || truth.has === undefined || space.all === undefined) {
    throw new ArcherError(
      'ARCHER_ARCHITECTURES',
      `architectures: known asks ${space.name} for all that the truth has; one of them cannot say.`,
      { hint: 'Take a table as truth, or another choice of architectures.', exit: EXIT.manifest },
    );
  }
  const networks = new Map<string, A>();
  for (const a of space.all()) {
    if (!truth.has(a)) continue;
    const network = space.canonical?.(a) ?? space.id(a);
    if (!networks.has(network)) networks.set(network, a);
  }
  return [...networks.values()];
}
