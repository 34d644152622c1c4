import {
  ArcherError,
  EXIT,
  type History,
  type Objective,
  type Search,
  type SearchContext,
  type Strategy,
} from '@archer-nas/core';

/** A strategy that is repeated, and what it is called. */
export interface Arm<A> {
  readonly name: string;
  readonly strategy: Strategy<A>;
}

/** What the arms search for, which is known only of searches that have begun. */
export async function objectivesOf<A>(
  arms: readonly Arm<A>[],
  context: SearchContext,
): Promise<readonly Objective[]> {
  const objectives: Objective[] = [];
  for (const arm of arms) {
    const search = await arm.strategy.begin(context);
    objectives.push(historyOfArm(search, arm).objective);
    search.dispose?.();
  }
  return objectives;
}

/** @throws ArcherError where the strategy does not show its history */
export function historyOfArm<A>(search: Search<A>, arm: Arm<A>): History<A> {
  const history = search.views.histories?.[0];
  if (history !== undefined) return history;
  throw new ArcherError(
    'ARCHER_CAPABILITY',
    `repeat: the strategy of arm "${arm.name}" has no view "histories"`,
    { exit: EXIT.manifest },
  );
}
