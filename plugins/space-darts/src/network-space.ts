import type { ChoiceSpace } from '@archer-nas/core';
import type { MixtureSpace, Network, Path } from '@archer-nas/nn';

import type { Candidates } from './candidates.ts';
import { derive } from './derive.ts';
import { CELL_TYPES, EDGES, edgeAt } from './edges.ts';
import { type Genotype, nodeOf, VOCABULARY } from './genotype.ts';
import { cellNetwork, cellSupernet } from './network.ts';
import type { NetworkSize } from './skeleton.ts';

/** What {@link withNetworks} adds to a space. */
export interface NetworkSettings {
  /** The network that is trained alone. */
  readonly trained: NetworkSize;
  /** The supernet; its stem is that of the trained network. */
  readonly search: Omit<NetworkSize, 'stem'>;
  /** What the supernet mixes on each edge. */
  readonly candidates: Candidates;
}

/** A space of genotypes with its networks; sub-spaces of it have none. Immutable. */
export type DartsNetworks = ChoiceSpace<Genotype> & MixtureSpace<Genotype, Path>;

/** The space with its supernet, its networks, and what a mixture stands for. */
export function withNetworks(
  space: ChoiceSpace<Genotype>,
  { trained, search, candidates }: NetworkSettings,
): DartsNetworks {
  return {
    ...space,
    supernet: (task) => cellSupernet({ ...search, stem: trained.stem }, task, candidates),
    network: (genotype, task) => cellNetwork(trained, task, genotype),
    path: (genotype, supernet) => pathOf(genotype, supernet),
    derive: (weights) => derive(weights, candidates),
  };
}

/** Every site takes the operation of its edge, and nothing where the genotype has no such edge. */
function pathOf(genotype: Genotype, { sites }: Network): Path {
  const operations = new Map(
    CELL_TYPES.flatMap((type, kind) =>
      genotype[type].map(({ op, from }, at) => {
        const decision = kind * EDGES.length + edgeAt(from, nodeOf(at));
        return [decision, VOCABULARY[op]] as const;
      }),
    ),
  );
  return sites.map(({ decision, options }) => {
    const operation = operations.get(decision);
    return operation === undefined ? -1 : options.indexOf(operation);
  });
}
