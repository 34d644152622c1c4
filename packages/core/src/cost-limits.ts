import { type AdditiveCost, costRange } from './budget-bound.ts';
import { ArcherError, EXIT } from './errors.ts';
import type { SearchSpace } from './space.ts';

/** A hard limit on what an architecture costs. */
export interface CostLimit<A> {
  readonly most: number;
  of(a: A): number;
  /** Where it is a sum over decisions: partial architectures can then be pruned exactly. */
  readonly additive: AdditiveCost | undefined;
}

/** A cost that a table states: `base` plus an entry per decision and option. */
export interface CostTable {
  readonly most: number;
  readonly base: number;
  readonly table: readonly (readonly number[])[];
}

/**
 * Limits on costs of the space, by name.
 *
 * @throws ArcherError `ARCHER_CONSTRAINT` for a cost that the space does not have
 */
export function costLimits<A>(
  { name: spaceName, costs }: Pick<SearchSpace<A>, 'name' | 'costs'>,
  most: Readonly<Record<string, number>>,
): CostLimit<A>[] {
  return Object.entries(most).map(([name, limit]) => {
    if (costs?.names.includes(name)) {
      const of = (a: A): number => costs.of(a)[name] as number; // it is one of its names
      return { most: limit, of, additive: costs.additive?.[name] };
    }
    const known = costs?.names.join(', ') || 'none';
    throw unfit(`${spaceName} has no cost '${name}', only ${known}.`);
  });
}

/**
 * A limit on the sum of a table, such as measured latencies of blocks.
 *
 * @throws ArcherError `ARCHER_CONSTRAINT` when it has not one entry per decision and option
 */
export function tableLimit<A>(
  { name, decisions = [], toChoices }: SearchSpace<A>,
  { most, base, table }: CostTable,
): CostLimit<A> {
  const expected = decisions.map(({ options = [] }) => options.length);
  const given = table.map(({ length }) => length);
  if (given.join() !== expected.join() || toChoices === undefined) {
    throw unfit(
      `The table of costs has rows of ${given.join(', ')} entries; ${name} has decisions of ` +
        `${expected.join(', ')} options.`,
    );
  }
  const additive = { base, perChoice: table };
  return { most, of: (a) => costRange(additive, toChoices(a)).least, additive };
}

/** Whether a partial architecture can still end within every limit that is a sum: exact for one. */
export function canKeep(
  limits: readonly Pick<CostLimit<never>, 'most' | 'additive'>[],
  prefix: readonly number[],
): boolean {
  return limits.every(
    ({ most, additive }) => !additive || costRange(additive, prefix).least <= most,
  );
}

function unfit(why: string): ArcherError {
  return new ArcherError('ARCHER_CONSTRAINT', why, { exit: EXIT.manifest });
}
