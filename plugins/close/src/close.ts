import type { Stream } from '@archer-nas/core';
import {
  argmaxRows,
  concreteGradientRows,
  concreteRows,
  decisionSites,
  type EdgeScorerOptions,
  edgeScorer,
  type GradientRecipe,
  gumbelNoise,
  lossAndGradients,
  mixtureGradients,
  type Path,
  pathGates,
  type Rows,
  type Site,
} from '@archer-nas/nn';
import { operationSets } from './operation-sets.ts';

/** The curriculum and the gate. */
export interface CloseOptions {
  /** Epochs, counted from 1, with each of which one more operation set comes into use. */
  readonly curriculum: readonly number[];
  /** τ of the Gumbel softmax in training. */
  readonly temperature: number;
  readonly gate: Omit<EdgeScorerOptions, 'scores'>;
}

interface Saved {
  /** Sets in use. */
  readonly active: number;
  readonly steps: number;
}

/**
 * CLOSE: the edges of a cell share operation sets, and a gate module decides from the architecture
 * which set an edge takes its operation from. The curriculum begins with one set for all edges, so
 * that the weights learn fast, and reduces the extent of sharing set by set.
 */
export function close({ curriculum, temperature: τ, gate }: CloseOptions): GradientRecipe {
  const C = curriculum.length;
  const gateOf = (sites: readonly Site[]) => edgeScorer('gate', sites, { ...gate, scores: C });
  const inUse = (epoch: number) => curriculum.filter((start) => start <= epoch).length;
  return {
    supernet: { sets: C },
    parameters: (sites) => gateOf(sites).parameters,
    begin({ network, store, streams }, saved) {
      const sets = operationSets(network, store);
      const module = gateOf(network.sites);
      const places = decisionSites(network.sites).map((site) => network.sites.indexOf(site));
      let { active, steps } = (saved as Saved | undefined) ?? { active: inUse(1), steps: 0 };
      const logits = (path: Path, dropouts?: () => Stream): Rows =>
        module.rows(path, store, dropouts).map((row) => row.subarray(0, active));
      return {
        of(path, batch, options) {
          const step = steps++;
          // The softmax of one logit is a constant.
          if (active === 1) {
            return lossAndGradients(network, store, pathGates(path), batch, options);
          }
          const dropouts = () => streams.stream('dropout', step);
          const α = logits(path, dropouts);
          const z = concreteRows(α, gumbelNoise(α, streams.stream('gumbel', step)), τ);
          // Straight-through: y = Σ_c z̄_c o_c(x) with z̄ one-hot, and ∂y/∂z as if z̄ were z.
          const chosen = argmaxRows(z);
          const mixture = places.map((site, decision) => {
            const support = sets.options(path[site] ?? -1).slice(0, active);
            if (support.length === 1) return { support }; // an operation without weights
            const weights = Float64Array.from(support, (_, c) => Number(c === chosen[decision]));
            return { support, weights };
          });
          const pass = mixtureGradients(network, store, mixture, batch, options);
          const byZ = pass.rows.map((row, decision) =>
            (z[decision] ?? new Float64Array()).map((_, c) => {
              return row[mixture[decision]?.support[c] ?? -1] ?? 0;
            }),
          );
          const byα = concreteGradientRows(z, byZ, τ).map((row) => padded(row, C));
          const own = module.gradients(path, store, byα, dropouts);
          return {
            ...pass,
            gates: [],
            gradients: new Map([...pass.gradients, ...own]),
            dispose() {
              pass.dispose();
              for (const gradient of own.values()) gradient.dispose();
            },
          };
        },
        scored(path) {
          if (active === 1) return path;
          const chosen = argmaxRows(logits(path));
          return path.map((option, site) => {
            const set = chosen[network.sites[site]?.decision ?? -1] ?? 0;
            return sets.options(option)[set] ?? option;
          });
        },
        advance({ done }) {
          for (; active < inUse(done + 1); active++) {
            sets.inherit(active);
            module.succeed(active, store);
          }
          return { metrics: { 'operation-sets': active } };
        },
        get state() {
          return { active, steps };
        },
      };
    },
  };
}

/** Zeros for the sets that are not in use. */
function padded(row: Float64Array, length: number): Float64Array {
  return Float64Array.from({ length }, (_, at) => row[at] ?? 0);
}
