import type { Allowed } from './allowed-options.ts';
import { ArcherError, EXIT } from './errors.ts';
import type { Choice, SearchSpace } from './space.ts';

/** What a space of unconditional categorical decisions offers to those who leave some options. */
export interface Restrictable<A> {
  /** Options of each decision. */
  readonly counts: readonly number[];
  choices(a: A): readonly Choice[];
  restrict(left: Allowed): SearchSpace<A>;
}

/**
 * @param name of who asks
 * @throws ArcherError `ARCHER_CAPABILITY` for another space
 */
export function restrictable<A>(space: SearchSpace<A>, name: string): Restrictable<A> {
  const { decisions = [], toChoices, restrict } = space;
  const plain = decisions.every(({ options, when }) => options !== undefined && when === undefined);
  if (decisions.length === 0 || !plain || !toChoices || !restrict) {
    throw new ArcherError(
      'ARCHER_CAPABILITY',
      `${name} needs a space of unconditional categorical decisions that can be restricted; ` +
        `${space.name} is none`,
      { exit: EXIT.manifest },
    );
  }
  return {
    counts: decisions.map(({ options = [] }) => options.length),
    choices: (a) => toChoices.call(space, a),
    restrict: (left) => restrict.call(space, left),
  };
}
