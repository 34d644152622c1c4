import type { Stream } from '@archer-nas/core';
import {
  apartMixture,
  decisionSites,
  type Relaxation,
  type RelaxationRecipe,
  type Site,
  singleMixture,
} from '@archer-nas/nn';

/** What RSPS is told. */
export interface RspsOptions {
  /** Whether one draw is for all cells of a step, or every cell draws for itself. */
  readonly per: 'network' | 'cell';
}

/**
 * Random search with parameter sharing (Li and Talwalkar, UAI 2019): each batch trains the shared
 * weights of one architecture that is drawn uniformly. Nothing is learnt of architectures; a
 * selection among random ones chooses.
 */
export function rsps({ per }: RspsOptions): RelaxationRecipe {
  return { trainOnly: true, blind: true, begin: (sites) => uniform(per, sites) };
}

function uniform(per: RspsOptions['per'], sites: readonly Site[]): Relaxation {
  const decisions = decisionSites(sites);
  return {
    probabilities: decisions.map(({ options: { length } }) =>
      new Float64Array(length).fill(1 / length),
    ),
    state: null,
    weightMixture({ streams, step }) {
      const stream = streams.stream('rsps', step);
      return per === 'network'
        ? singleMixture(drawn(decisions, stream))
        : apartMixture(sites, drawn(sites, stream));
    },
  };
}

/** One option per site, uniformly: zeros as likely as any other. */
function drawn(sites: readonly Site[], stream: Stream): number[] {
  return sites.map(({ options }) => stream.int(options.length));
}
