import { ArcherError, EXIT, type Search, type SearchSpace } from '@archer-nas/core';

/**
 * What a search has chosen its result from, each architecture once: of one that narrows the space
 * in stages, what its last stage has left.
 *
 * @throws ArcherError `ARCHER_ARCHITECTURES` for fewer than two
 */
export function candidatesOf<A>(
  { id }: Pick<SearchSpace<A>, 'id'>,
  { views }: Pick<Search<A>, 'views'>,
): readonly A[] {
  const all = views.candidates?.evaluations() ?? [];
  const byId = new Map(all.map(({ proposal: { architecture: a } }) => [id(a), a]));
  if (byId.size > 1) return [...byId.values()];
  throw new ArcherError(
    'ARCHER_ARCHITECTURES',
    `rank: the search has ${byId.size} candidates, and an order needs two.`,
    {
      hint: 'Ask for { sample: n }, or give the search a selection, or a pool of more than one.',
      exit: EXIT.manifest,
    },
  );
}
