import { mean, type Proposal } from '@archer-nas/core';
import {
  type AnyBatch,
  type GradientContext,
  GradientSum,
  type Gradients,
  gradientNorms,
  type LossAndGradients,
  lossAndGradients,
  type Path,
  type PathGradients,
  pathGates,
} from '@archer-nas/nn';
import type { OneShotOptions } from './options.ts';
import { lossWeights } from './weights.ts';

/** What the paths of a step are run on. */
export interface PassContext {
  /** What each path's pass is. */
  readonly gradients: PathGradients;
  readonly batch: AnyBatch;
  readonly options: Pick<
    OneShotOptions,
    'accumulate' | 'labelSmoothing' | 'dropout' | 'dropPath' | 'auxiliary'
  >;
  /** Share of the training's steps that are complete with this one: drop-path grows with it. */
  readonly grown: number;
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
  /** How many there were. */
  readonly count: number;
  results(): readonly PassResult[];
  dispose(): void;
}

/** The gradients of the loss itself: what a path's pass is unless a part says otherwise. */
export function lossGradients({
  network,
  store,
}: Pick<GradientContext, 'network' | 'store'>): PathGradients {
  return {
    of: (path, batch, options) => lossAndGradients(network, store, pathGates(path), batch, options),
    state: null,
  };
}

/**
 * Forward and backward pass of every path on the same batch and with the same weights; the
 * gradients are added up, or their mean is taken, and nothing is updated.
 *
 * @param weights of the images' losses; absent: one each
 */
export function backward(
  { gradients, batch, options, grown, norms }: PassContext,
  proposals: readonly Proposal<Path>[],
  weights: Float32Array | undefined,
): Passes {
  const { labelSmoothing, accumulate, dropout = 0, dropPath = 0, auxiliary = 0 } = options;
  const share = accumulate === 'mean' ? 1 / proposals.length : 1;
  const sum = new GradientSum();
  const passes = proposals.map((proposal) => {
    const weight = lossWeights(batch.size, proposal.weight, weights);
    const pass = gradients.of(proposal.architecture, batch, {
      ...{ labelSmoothing, auxiliary, dropout, dropPath: dropPath * grown },
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
    count: passes.reduce((sum, { pass }) => sum + (pass.passes ?? 1), 0),
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
