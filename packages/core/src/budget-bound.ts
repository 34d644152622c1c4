import { ArcherError } from './errors.ts';
import type { CostModel } from './space.ts';

/** A cost that is a sum over decisions: {@link CostModel.additive}. */
export type AdditiveCost = NonNullable<CostModel<unknown>['additive']>[string];

/** The smallest and the largest cost that a partial architecture can still end with. */
export interface CostRange {
  readonly least: number;
  readonly most: number;
}

/**
 * Range of an additive cost after the first decisions are taken.
 *
 * @param prefix choices of the first `prefix.length` decisions
 * @throws ArcherError `ARCHER_COST_CHOICE` when a choice is not in the table
 */
export function costRange(cost: AdditiveCost, prefix: readonly number[]): CostRange {
  let least = cost.base;
  let most = cost.base;
  cost.perChoice.forEach((options, decision) => {
    const choice = prefix[decision];
    if (choice === undefined) {
      least += Math.min(...options);
      most += Math.max(...options);
      return;
    }
    const paid = options[choice];
    if (paid === undefined) throw noOption(decision, choice, options.length);
    least += paid;
    most += paid;
  });
  return { least, most };
}

/**
 * Options of the next decision after which the limit can still be kept, even if all later
 * decisions take their cheapest option: the bound of AMC (He et al., ECCV 2018, Algorithm 1)
 * for any additive cost. Empty when the prefix is too expensive already.
 */
export function affordable(cost: AdditiveCost, prefix: readonly number[], limit: number): number[] {
  const options = cost.perChoice[prefix.length] ?? [];
  return options.flatMap((_, option) =>
    costRange(cost, [...prefix, option]).least <= limit ? [option] : [],
  );
}

/**
 * The continuous form for layers whose cost is a share of the full one (AMC): the largest
 * share of layer `costs[prefix.length]` that leaves the budget within reach.
 *
 * @param costs full cost per layer
 * @param prefix shares chosen for the first layers
 * @param budget of the sum of the kept costs
 * @param least smallest share that a layer may keep
 * @returns a share in [least, 1]; `least` when even that exceeds the budget
 */
export function affordableShare(
  costs: readonly number[],
  prefix: readonly number[],
  { budget, least }: { readonly budget: number; readonly least: number },
): number {
  const full = costs[prefix.length];
  if (full === undefined) throw noOption(prefix.length, Number.NaN, costs.length);
  const paid = prefix.reduce((sum, share, layer) => sum + share * (costs[layer] ?? 0), 0);
  const later = costs.slice(prefix.length + 1).reduce((sum, cost) => sum + least * cost, 0);
  return Math.min(1, Math.max(least, (budget - paid - later) / full));
}

function noOption(decision: number, choice: number, options: number): ArcherError {
  return new ArcherError(
    'ARCHER_COST_CHOICE',
    `Decision ${decision} has ${options} priced options, there is no option ${choice}.`,
  );
}
