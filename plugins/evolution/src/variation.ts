import { ArcherError, EXIT, type SearchSpace, type Stream } from '@archer-nas/core';

/** The space's own mutation. @throws ArcherError when it has none */
export function mutationOf<A>(name: string, space: SearchSpace<A>): (a: A, stream: Stream) => A {
  const { mutate } = space;
  if (mutate) return (a, stream) => mutate.call(space, a, stream);
  throw new ArcherError('ARCHER_CAPABILITY', `${name} mutates; ${space.name} has no mutation`, {
    exit: EXIT.manifest,
  });
}
