import { z } from 'zod';
import { ArcherError, EXIT } from './errors.ts';
import type { SearchSpace } from './space.ts';
import type { Stream } from './stream.ts';

/** The option of studies that look at many architectures. */
export const architecturesSchema = z
  .union([
    z.literal('all'),
    z.strictObject({ sample: z.int().min(2).describe('how many, drawn at random') }),
    z.array(z.string()).min(2),
  ])
  .default('all')
  .describe('the whole space, a random sample { sample: n }, or a list of architectures');

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
  return new ArcherError('ARCHER_ARCHITECTURES', `${message}.`, {
    hint,
    exit: EXIT.manifest,
  });
}
