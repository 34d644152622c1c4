import { mean, type State } from '@archer-nas/core';
import { type GradientRecipe, lossAndGradients, pathGates } from '@archer-nas/nn';
import { copied, type Moments, noMoments, observed } from './moments.ts';
import { type Variances, varianceOf } from './variance-of.ts';

interface Saved {
  readonly epochs: readonly Variances[];
  /** Of the epoch in progress, by parameter. */
  readonly moments: Readonly<Record<string, Moments>>;
}

/**
 * The gradient of a path's loss, unchanged, whose elements are observed on the way: after each
 * epoch it tells the variance over the steps in which an operation was active.
 */
export const observedGradient: GradientRecipe = {
  begin: ({ network, store }, state) => {
    const saved = state as unknown as Saved | undefined;
    const owned = new Set(network.parameters.flatMap(({ name, owner }) => (owner ? [name] : [])));
    const moments = new Map(
      Object.entries(saved?.moments ?? {}).map(([name, one]) => [name, copied(one)]),
    );
    const epochs = [...(saved?.epochs ?? [])];
    return {
      of(path, batch, options) {
        const pass = lossAndGradients(network, store, pathGates(path), batch, options);
        for (const [name, gradient] of pass.gradients) {
          if (!owned.has(name)) continue;
          const before = moments.get(name) ?? noMoments(gradient.size);
          moments.set(name, observed(before, gradient.dataSync()));
        }
        return pass;
      },
      advance() {
        const found = varianceOf(network.sites, network.parameters, moments);
        moments.clear();
        if (found === undefined) return {};
        epochs.push(found);
        return { metrics: named(found) };
      },
      get state() {
        const now = [...moments].map(([name, one]) => [name, copied(one)]);
        return { epochs: [...epochs], moments: Object.fromEntries(now) } as unknown as State;
      },
      /** Means over the epochs. */
      get metrics() {
        const all = epochs.map(named);
        const names = new Set(all.flatMap((one) => Object.keys(one)));
        const values = (name: string) => all.flatMap((one) => one[name] ?? []);
        return Object.fromEntries([...names].map((name) => [name, mean(values(name))]));
      },
    };
  },
};

function named({ all, byOperation }: Variances): Record<string, number> {
  const operations = Object.entries(byOperation);
  return {
    'gradient-variance': all,
    ...Object.fromEntries(operations.map(([name, one]) => [`gradient-variance-of/${name}`, one])),
  };
}
