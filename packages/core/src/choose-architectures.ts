import { z } from 'zod';
import { ArcherError, EXIT } from './errors.ts';
import type { SearchSpace } from './space.ts';
import type { Stream } from './stream.ts';

/** The option of studies that look at many architectures. */
export const architecturesSchema = z
  .union([
    z.literal('all'),
    z.strictObject({ sample: z.int().min(2).describe('how many, drawn at random') }),
    z.strictObject({
      only: z.array(z.string()).min(1).describe('all that have none but these options anywhere'),
    }),
    z.array(z.string()).min(2),
  ])
  .default('all')
  .describe(
    'the whole space, a random sample { sample: n }, those of some options { only: […] }, ' +
      'or a list of architectures',
  );

/** Draws for each new architecture of a sample before the space counts as too small. */
const ATTEMPTS = 1000;

/**
 * The architectures that {@link architecturesSchema} names, each once, in a fixed order.
 *
 * @throws ArcherError `ARCHER_ARCHITECTURES` when there are not so many
 */
export function chooseArchitectures<A>(
  space: SearchSpace<A>,
  choice: z.output<typeof architecturesSchema>,
  stream: Stream,
): readonly A[] {
  if (choice === 'all') return allOf(space);
  if ('only' in choice) return allOf(withOnly(space, choice.only));
  const chosen = new Map<string, A>();
  const add = (a: A): unknown => chosen.set(space.id(a), a);
  if (Array.isArray(choice)) {
    for (const text of choice) add(space.parse(text));
    return [...chosen.values()];
  }
  const { sample } = choice;
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

function allOf<A>(space: SearchSpace<A>): readonly A[] {
  if (space.size !== undefined && space.all) return [...space.all()];
  throw refuse(`${space.name} cannot list all its architectures`, 'Ask for { sample: n }.');
}

/** The sub-space whose decisions have these options and no others. */
function withOnly<A>(space: SearchSpace<A>, only: readonly string[]): SearchSpace<A> {
  if (!space.decisions || !space.restrict) {
    throw refuse(`${space.name} has no sub-spaces`, 'Ask for { sample: n } or name them.');
  }
  const kept = space.decisions.map(({ options = [] }) =>
    options.flatMap((option, at) => (only.includes(option) ? [at] : [])),
  );
  const without = space.decisions.find((_, at) => kept[at]?.length === 0);
  if (without === undefined) return space.restrict(kept);
  throw refuse(
    `${without.name} of ${space.name} has none of the options ${only.join(', ')}`,
    `Its options are ${(without.options ?? []).join(', ')}.`,
  );
}

function refuse(message: string, hint: string): ArcherError {
  return new ArcherError('ARCHER_ARCHITECTURES', `${message}.`, {
    hint,
    exit: EXIT.manifest,
  });
}
