import { ArcherError, EXIT, type SearchSpace, type Stream } from '@archer-nas/core';
import type { RankOptions } from './options.ts';

/** Draws for each new architecture of a sample before the space counts as too small. */
const ATTEMPTS = 1000;

/**
 * The architectures to rank, each once, in a fixed order.
 *
 * @throws ArcherError `ARCHER_RANK_ARCHITECTURES` when there are not so many
 */
export function chooseArchitectures<A>(
  space: SearchSpace<A>,
  choice: RankOptions['architectures'],
  stream: Stream,
): readonly A[] {
  if (choice === 'all') {
    if (space.size !== undefined && space.all) return [...space.all()];
    throw refuse(`${space.name} cannot list all its architectures`, 'Ask for { sample: n }.');
  }
  const chosen = new Map<string, A>();
  const add = (a: A): unknown => chosen.set(space.id(a), a);
  if (Array.isArray(choice)) {
    for (const text of choice) add(space.parse(text));
    return [...chosen.values()];
  }
  const { sample } = choice as { readonly sample: number };
  for (let i = 0; chosen.size < sample; i++) {
    if (i === ATTEMPTS * sample) {
      throw refuse(
        `${space.name} gave only ${chosen.size} of ${sample} architectures`,
        'Ask for fewer.',
      );
    }
    add(space.sample(stream));
  }
  return [...chosen.values()];
}

function refuse(message: string, hint: string): ArcherError {
  return new ArcherError('ARCHER_RANK_ARCHITECTURES', `rank: ${message}`, {
    hint,
    exit: EXIT.manifest,
  });
}
