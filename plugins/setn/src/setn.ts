import type { State, Stream, Streams } from '@archer-nas/core';
import {
  apartMixture,
  type BatchLoss,
  beginAlpha,
  decisionSites,
  denseMixture,
  type Mixture,
  type Relaxation,
  type RelaxationRecipe,
  type RowAdamOptions,
  type Rows,
  rowAdam,
  type Site,
  singleMixture,
  sitesByNode,
  softmaxGradientRows,
  softmaxRows,
} from '@archer-nas/nn';

/** What SETN is told. */
export interface SetnOptions {
  /** Whether every cell of a weight step draws for itself, or one draw is for all of them. */
  readonly per: 'cell' | 'network';
  readonly alpha: RowAdamOptions & {
    /** Standard deviation of the values that α starts from. */
    readonly init: number;
  };
}

/**
 * SETN (Dong and Yang, ICCV 2019): weights are trained along uniform paths, so that no
 * architecture is favoured while they learn; α descends the validation loss of the mixture
 * softmax(α). Which architecture it is, a selection among samples of softmax(α) says.
 */
export function setn(options: SetnOptions): RelaxationRecipe {
  return { begin: (sites, streams, saved) => relaxed(options, sites, streams, saved) };
}

function relaxed(
  { per, alpha: adam }: SetnOptions,
  sites: readonly Site[],
  streams: Streams,
  saved?: State,
): Relaxation {
  let alpha = beginAlpha(sites, streams, { deviation: adam.init, saved });
  const own = decisionSites(sites);
  return {
    get probabilities() {
      return softmaxRows(alpha.rows);
    },
    get state() {
      return alpha as unknown as State;
    },
    weightMixture({ streams, step }) {
      const stream = streams.stream('setn', step);
      return per === 'network'
        ? singleMixture(uniformOptions(own, stream))
        : apartMixture(sites, uniformOptions(sites, stream));
    },
    update({ valid }) {
      alpha = rowAdam(alpha, jointGradient(alpha.rows, valid), adam);
      return {};
    },
    get point() {
      const { weightDecay } = adam;
      return { alpha: alpha.rows, weightDecay, mixture: joint, gradient: jointGradient };
    },
  };
}

/** One option per site, uniformly; a node that would get zeros alone is drawn again. */
export function uniformOptions(sites: readonly Site[], stream: Stream): number[] {
  const options = sites.map(() => 0);
  for (const members of sitesByNode(sites)) {
    do {
      for (const at of members) options[at] = stream.int(sites[at]?.options.length ?? 0);
    } while (isAvoidable(sites, members) && members.every((at) => options[at] === sites[at]?.zero));
  }
  return options;
}

/** Whether a node is known, and anything but zeros can be led into it. */
function isAvoidable(sites: readonly Site[], members: readonly number[]): boolean {
  return members.some((at) => {
    const { node, options, zero } = sites[at] as Site; // members are positions of these
    return node !== undefined && options.some((_, option) => option !== zero);
  });
}

function joint(alpha: Rows): Mixture {
  return denseMixture(softmaxRows(alpha));
}

/** ∇_α L(w, softmax(α)) at fixed w. */
function jointGradient(alpha: Rows, loss: BatchLoss): Rows {
  const { rows } = loss.gradients(joint(alpha), ['mixture']);
  return softmaxGradientRows(softmaxRows(alpha), rows);
}
