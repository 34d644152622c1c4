import { ArcherError, EXIT, type TextData } from '@archer-nas/core';
import { type LanguageMixtureSpace, languageViews, TokenBatches } from '@archer-nas/nn';
import { type Lesson, type LessonSettings, optionNames } from './lesson.ts';

/**
 * Predicting the next token of a text.
 * @throws ArcherError `ARCHER_CAPABILITY` for a modifier that rebuilds networks of images
 */
export function textLesson<A>(
  space: LanguageMixtureSpace<A>,
  data: TextData,
  { modifiers, streams, allowed }: LessonSettings,
): Lesson<A> {
  if (allowed !== undefined || modifiers.some(({ network, task }) => network ?? task)) {
    throw new ArcherError('ARCHER_CAPABILITY', 'A modifier rebuilds networks of images.', {
      hint: 'Language models take those that change mixtures, such as sdarts.',
      exit: EXIT.manifest,
    });
  }
  const network = space.supernet({ vocabulary: data.vocabulary.length });
  const { batch: lanes, window } = data;
  return {
    network,
    derive: (rows) => space.derive(rows),
    kept: (rows) => optionNames(space.path(space.derive(rows), network), network.sites),
    batches: (split, saved) =>
      new TokenBatches(data.open(split), { lanes, window, noise: streams.scope(split) }, saved),
    views: (store) => languageViews({ space, data, model: network, store, streams }),
  };
}
