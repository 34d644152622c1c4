import { ArcherError, type Proposal, type Sampler, type Streams } from '@archer-nas/core';
import { type Model, type Network, type Path, thinned } from '@archer-nas/nn';

/** Where the paths of a training's steps come from. */
export interface PathDraws {
  readonly network: Model | Network;
  readonly paths: Sampler<Path>;
  /** Of a step. */
  readonly together: number;
  readonly streams: Streams;
}

/**
 * The paths of a step. Of a space whose architectures leave out sites, drawn paths do so, too.
 * @throws ArcherError `ARCHER_PATHS_EMPTY` when the sampler gives others than so many
 */
export function drawnPaths(
  { network, paths, together, streams }: PathDraws,
  step: number,
): readonly Proposal<Path>[] {
  const proposals = paths.propose(together, streams.stream('paths', step));
  if (typeof proposals === 'string' || proposals.length !== together) {
    throw new ArcherError(
      'ARCHER_PATHS_EMPTY',
      `The path sampler gave ${typeof proposals === 'string' ? 'no' : proposals.length} paths ` +
        `at step ${step}, which trains ${together}.`,
    );
  }
  if (!('perNode' in network) || network.perNode === undefined) return proposals;
  const { perNode, sites } = network;
  return proposals.map((proposal, i) => {
    const stream = streams.stream('thin', step, i);
    const architecture = thinned(sites, proposal.architecture, { perNode, stream });
    return { ...proposal, architecture };
  });
}
