import { ArcherError, EXIT } from './errors.ts';
import type { Choice } from './space.ts';

/** Per decision, the option indices that it may take, ascending. */
export type Allowed = readonly (readonly number[])[];

/**
 * The options left when each list is limited. `choices` are positions in the lists;
 * `undefined` keeps a list as it is.
 *
 * @throws ArcherError `ARCHER_SPACE_RESTRICT` for a position that is not there, or when no
 * option is left
 */
export function narrowOptions(
  allowed: Allowed,
  choices: readonly (readonly Choice[] | undefined)[],
  names: readonly string[] = [],
): Allowed {
  return allowed.map((options, at) => {
    const kept = choices[at];
    if (kept === undefined) return options;
    const left = options.filter((_, choice) => kept.includes(choice));
    const unknown = kept.some((choice) => options[choice] === undefined);
    if (left.length > 0 && !unknown) return left;
    throw new ArcherError(
      'ARCHER_SPACE_RESTRICT',
      `Decision ${at}${names[at] === undefined ? '' : ` (${names[at]})`} has the options 0 to ` +
        `${options.length - 1}; it cannot be restricted to [${kept.join(', ')}].`,
      { exit: EXIT.usage },
    );
  });
}

/** Digits of option indices in ids and names: 0 to 9, then a to z. */
const DIGITS = 36;

/** One character per choice where every option has a digit, else numbers and commas. */
export function writeChoices(
  optionCounts: readonly number[],
): (choices: ArrayLike<number>) => string {
  const wide = optionCounts.some((count) => count > DIGITS);
  const between = wide ? ',' : '';
  const radix = wide ? 10 : DIGITS;
  return (choices) => {
    let text = '';
    for (let at = 0; at < choices.length; at++) {
      if (at > 0) text += between;
      text += (choices[at] as number).toString(radix);
    }
    return text;
  };
}
