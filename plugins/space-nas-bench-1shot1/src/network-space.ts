import type { ChoiceSpace } from '@archer-nas/core';
import type { MixtureSpace } from '@archer-nas/nn';

import type { Cell } from './cell.ts';
import type { Definition } from './definition.ts';
import { derive, inputsOf, pathOf } from './node-sites.ts';
import type { Skeleton } from './skeleton.ts';
import { cellSupernet } from './supernet.ts';
import { cellNetwork } from './trained-network.ts';

/** What {@link withNetworks} adds to a space. */
export interface NetworkSettings {
  readonly definition: Definition;
  /** The network that is trained alone. */
  readonly trained: Skeleton;
  /** The supernet. */
  readonly search: Skeleton;
}

/** A space of cells with its networks; sub-spaces of it have none. Immutable. */
export type OneShotNetworks = ChoiceSpace<Cell> & MixtureSpace<Cell>;

/** The space with its supernet, its networks, and what a mixture stands for. */
export function withNetworks(
  space: ChoiceSpace<Cell>,
  { definition, trained, search }: NetworkSettings,
): OneShotNetworks {
  return {
    ...space,
    supernet: (task) => cellSupernet(definition, search, task),
    network: (cell, task) => cellNetwork(trained, task, cell),
    path: (cell, { sites }) => pathOf(cell, sites, definition),
    derive: (weights, supernet) =>
      derive(weights, supernet === undefined ? 'each' : inputsOf(supernet.sites), definition),
  };
}
