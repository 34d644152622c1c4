import type { Proposal } from '@archer-nas/core';
import {
  type AnyBatch,
  GradientSum,
  type Gradients,
  gradientNorms,
  type LossAndGradients,
  lossAndGradients,
  type Model,
  type Network,
  type ParameterStore,
  type Path,
  pathGates,
} from '@archer-nas/nn';
import type { OneShotOptions } from './options.ts';
import { lossWeights } from './weights.ts';

/** What the paths of a step are run on. */
export interface PassContext {
  readonly network: Model | Network;
  readonly store: ParameterStore;
  readonly batch: AnyBatch;
  readonly options: Pick<OneShotOptions, 'accumulate' | 'labelSmoothing'>;
  /** Whether each path's own gradient norms are wanted. */
  readonly norms: boolean;
}

/** What one path of a step has come to. */
export interface PassResult {
  readonly proposal: Proposal<Path>;
  /** Mean over the batch, never weighted: importance weights belong to the gradient. */
  readonly loss: number;
  /** In percent. */
  readonly accuracy: number;
  /** Norms of this path's gradients by parameter, where they were asked for. */
  readonly norms?: ReadonlyMap<string, number>;
  /** What the model carries to the next batch, where it remembers; freed with the passes. */
  readonly carried?: LossAndGradients['carried'];
  /** ‖softmax − target‖₂ per image. */
  score(): Float32Array;
}

/** The backward passes of a step. Everything stays on the device until it is read. */
export interface Passes {
  /** Accumulated over the paths. */
  readonly gradients: Gradients;
  /** Norms of these, where they are known already. */
  readonly norms: ReadonlyMap<string, number> | undefined;
  results(): readonly PassResult[];
  dispose(): void;
}

/**
 * Forward and backward pass of every path on the same batch and with the same weights; the
 * gradients are added up, or their mean is taken, and nothing is updated.
 *
 * @param weights of the images' losses; absent: one each
 */
export function backward(
  { network, store, batch, options, norms }: PassContext,
  proposals: readonly Proposal<Path>[],
  weights: Float32Array | undefined,
): Passes {
  const { labelSmoothing, accumulate } = options;
  const share = accumulate === 'mean' ? 1 / proposals.length : 1;
  const sum = new GradientSum();
  const passes = proposals.map((proposal) => {
    const weight = lossWeights(batch.size, proposal.weight, weights);
    const gates = pathGates(proposal.architecture);
    const pass = lossAndGradients(network, store, gates, batch, {
      labelSmoothing,
      training: true,
      ...(weight && { weight }),
    });
    const own = norms ? gradientNorms(pass.gradients) : undefined;
    sum.add(pass.gradients, share);
    return { proposal, pass, own, weighted: weight !== undefined };
  });
  return {
    gradients: sum.gradients,
    norms: passes.length === 1 ? passes[0]?.own : undefined,
    results: () =>
      passes.map(({ proposal, pass, own, weighted }) => ({
        proposal,
        loss: mean(weighted ? pass.perSample.dataSync() : pass.loss.dataSync()),
        accuracy: (100 * (pass.correct.dataSync()[0] as number)) / batch.size,
        ...(own && { norms: own }),
        ...(pass.carried && { carried: pass.carried }),
        score: () => pass.score.dataSync() as Float32Array,
      })),
    dispose() {
      sum.dispose();
      for (const { pass } of passes) pass.dispose();
    },
  };
}

function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}
