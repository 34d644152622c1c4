import {
  clipCoefficient,
  type GradientRecipe,
  globalNorm,
  gradientNorms,
  InnerSgd,
  type LossAndGradients,
  lossAndGradients,
  pathGates,
} from '@archer-nas/nn';

/** The inner loop. */
export interface MetaOptions {
  /** Of SGD, on one batch. */
  readonly steps: number;
  readonly lr: number;
  readonly momentum: number;
  /** Largest global norm of an inner gradient. */
  readonly clip: number | null;
  /** Of one path's loop: forgotten after it, or kept for that of the next path. */
  readonly velocities: 'fresh' | 'kept';
}

/**
 * SUMNAS, after Reptile: path k goes from the shared weights w₀ some steps of SGD to w_k, and what it
 * has learnt, Δ_k = w₀ − w_k, stands for its gradient. With the mean over the paths of a step and an
 * outer learning rate of one, the new w is the mean of the w_k.
 */
export function metaGradient({
  steps,
  lr,
  momentum,
  clip,
  velocities,
}: MetaOptions): GradientRecipe {
  return {
    begin: ({ network, store }, saved) => {
      const w = new InnerSgd(store, { momentum }, saved);
      return {
        of(path, batch, options) {
          const gates = pathGates(path);
          const passes = Array.from({ length: steps }, () => {
            const pass = lossAndGradients(network, w, gates, batch, options);
            const norm = clip === null ? 0 : globalNorm(gradientNorms(pass.gradients));
            const scale = clip === null ? 1 : clipCoefficient(norm, clip);
            w.step(pass.gradients, { learningRate: lr, scale });
            return pass;
          });
          const delta = w.displacement();
          w.reset(velocities === 'kept' ? 'keep' : 'forget');
          const [first, ...rest] = passes as [LossAndGradients, ...LossAndGradients[]];
          for (const pass of rest) pass.dispose();
          return {
            ...first,
            gradients: delta,
            passes: steps,
            dispose() {
              first.dispose();
              for (const one of delta.values()) one.dispose();
            },
          };
        },
        get state() {
          return w.state;
        },
        dispose: () => w.dispose(),
      };
    },
  };
}
