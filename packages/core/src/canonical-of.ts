import { ArcherError, EXIT } from './errors.ts';
import type { SearchSpace } from './space.ts';

/**
 * {@link SearchSpace.canonical} of a space that must have it.
 *
 * @param who asks for it with `distinct: canonical`
 * @throws ArcherError `ARCHER_CAPABILITY` when the space does not know which networks are alike
 */
export function canonicalOf<A>(space: SearchSpace<A>, who: string): (a: A) => string {
  const { canonical } = space;
  if (canonical) return (a) => canonical.call(space, a);
  throw new ArcherError(
    'ARCHER_CAPABILITY',
    `${who}: ${space.name} does not say which architectures are isomorphic`,
    { hint: 'Use `distinct: architecture`.', exit: EXIT.manifest },
  );
}
