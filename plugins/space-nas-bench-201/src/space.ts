import type { Allowed } from '@archer-nas/core';
import {
  argmaxRows,
  type MixtureSpace,
  type Network,
  type NetworkTask,
  type Path,
  type SupernetTask,
  timedBlocks,
} from '@archer-nas/nn';

import type { Cell } from './cell.ts';
import { ALL_ALLOWED, cellSpace } from './cell-space.ts';
import type { CostTask } from './costs.ts';
import { cellNetwork, cellSupernet, type SupernetSettings } from './network.ts';
import { byIndex, indexOf } from './official-order.ts';

/** What {@link nasBench201} is made of; the defaults are the benchmark's. */
export interface SpaceSettings extends SupernetSettings {
  /** The task whose `params` and `macs` the space reports. */
  readonly costs: CostTask;
  /** Which edge a mutation changes; default any, uniformly. */
  readonly mutation?: 'edge' | 'node-then-edge' | undefined;
}

/** The NAS-Bench-201 search space, or a sub-space of it. Immutable. */
export interface NasBench201 extends Required<MixtureSpace<Cell, Path>> {
  readonly allowed: Allowed;
  /** The official index, whether or not the cell is in this sub-space. */
  indexOf(cell: Cell): number;
  /** @throws ArcherError unless the index is an integer in [0, 15625) */
  byIndex(index: number): Cell;
  restrict(choices: readonly (readonly number[] | undefined)[]): NasBench201;
}

/**
 * The cells in `allowed` with their networks. Architectures keep the benchmark's operation
 * indices in every sub-space; choices, decisions and the options of sites count only what is
 * allowed there. Parameters are named after operations, so a sub-space's supernet can inherit.
 */
export function nasBench201(settings: SpaceSettings, allowed: Allowed = ALL_ALLOWED): NasBench201 {
  const { costs: task, mutation } = settings;
  const space = cellSpace(allowed, { skeleton: settings, task, mutation });
  return {
    ...space,
    indexOf,
    byIndex,
    restrict: (choices) => nasBench201(settings, space.restrict(choices).allowed),
    supernet: (task: SupernetTask) => cellSupernet(settings, task, allowed),
    network: (cell: Cell, task: NetworkTask) => cellNetwork(settings, task, cell),
    timedBlocks: ({ batch, ...task }) => timedBlocks(cellSupernet(settings, task, allowed), batch),
    path: (cell, supernet) => pathOf(space.toChoices(cell), supernet),
    // The heaviest operation of each edge, `none` included, as the benchmark's scripts do.
    derive: (weights) => space.fromChoices(argmaxRows(weights)),
  };
}

/** Every site takes the choice of the decision that it is tied to. */
function pathOf(choices: readonly number[], supernet: Network): Path {
  return supernet.sites.map(({ decision }) => choices[decision] ?? 0);
}
