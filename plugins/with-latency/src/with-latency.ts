import { ArcherError, type CostModel, EXIT, type SearchSpace } from '@archer-nas/core';

import type { LatencyTable } from './latency-table.ts';

/**
 * The same space with one cost more: the base plus an entry of the table per decision. It is a sum
 * over decisions, so limits prune exactly. Everything else that the space offers stays.
 *
 * @throws ArcherError `ARCHER_LATENCY_TABLE` for an option that the table does not have
 */
export function withLatency<A, S extends SearchSpace<A>>(
  space: S,
  table: LatencyTable,
  name: string,
): S {
  const costs = costsWith<A>(space, table, name);
  const { restrict } = space;
  const changes: Partial<SearchSpace<A>> = {
    costs,
    ...(restrict && { restrict: (allowed) => withLatency(restrict(allowed), table, name) }),
  };
  // Descriptors: a space may compute its size only when it is asked.
  return Object.defineProperties(
    {},
    { ...Object.getOwnPropertyDescriptors(space), ...Object.getOwnPropertyDescriptors(changes) },
  ) as S;
}

function costsWith<A>(
  { name: spaceName, decisions = [], toChoices, costs }: SearchSpace<A>,
  table: LatencyTable,
  name: string,
): CostModel<A> {
  if (toChoices === undefined || decisions.some(({ options }) => options === undefined)) {
    throw unfit(`${spaceName} has no lists of options that a table could be of.`);
  }
  if (costs?.names.includes(name)) throw unfit(`${spaceName} has a cost ${name} already.`);
  const perChoice = decisions.map((decision) =>
    (decision.options ?? []).map((option) => {
      const time = table.of(decision.name, option);
      if (time !== undefined) return time;
      throw unfit(`The latency table has no ${option} of ${decision.name} in ${spaceName}.`);
    }),
  );
  const { base } = table;
  return {
    names: [...(costs?.names ?? []), name],
    of: (a) => ({
      ...costs?.of(a),
      [name]: toChoices(a).reduce((sum, o, at) => sum + (perChoice[at]?.[o] ?? 0), base),
    }),
    additive: { ...costs?.additive, [name]: { base, perChoice } },
  };
}

function unfit(why: string): ArcherError {
  return new ArcherError('ARCHER_LATENCY_TABLE', why, {
    hint: '`archer latency` writes a table of every option of a space.',
    exit: EXIT.manifest,
  });
}
