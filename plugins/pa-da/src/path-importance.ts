import { ArcherError, type Sampler } from '@archer-nas/core';
import { GRADIENT_NORM, type Path, type PathRecipe, type Site } from '@archer-nas/nn';
import type { PathOptions } from './options.ts';
import { smoothed, tau } from './smoothing.ts';

/** p is frozen during an epoch; the statistic G and its counts n start each epoch at zero. */
type Belief = { p: Float64Array; readonly G: Float64Array; readonly n: Float64Array };

type Saved = { readonly proposed: number; readonly beliefs: readonly Belief[] };

/** A belief about operations, with the draws that make a path: the sites that each one sets. */
type Distribution = Belief & {
  readonly operations: readonly string[];
  readonly draws: readonly (readonly number[])[];
};

/**
 * PA: operations are drawn in proportion to the gradient norms that they had in the epoch
 * before, smoothed towards uniform. With τ = e/E the first two epochs are uniform.
 */
export function importancePaths(options: PathOptions): PathRecipe {
  return {
    norms: options.norms,
    begin: (sites, saved) => begin(options, sites, saved as Saved | undefined),
  };
}

function begin(options: PathOptions, sites: readonly Site[], saved?: Saved): Sampler<Path> {
  const all = distributions(sites, options.scope, saved?.beliefs);
  let proposed = saved?.proposed ?? 0;
  return {
    propose: (n, stream) =>
      Array.from({ length: n }, () => {
        const path: number[] = [];
        let weight = 1;
        for (const { p, draws } of all) {
          for (const sites of draws) {
            const o = stream.weighted(p);
            for (const site of sites) path[site] = o;
            weight /= p.length * (p[o] as number); // 1/(N p(α)), factor by factor
          }
        }
        const proposal = { id: `path-${proposed++}`, architecture: path };
        const cap = options.weightCap ?? weight;
        return options.weighted ? { ...proposal, weight: Math.min(weight, cap) } : proposal;
      }),

    observe(evaluations) {
      for (const { proposal, signals, status } of evaluations) {
        if (status === 'failed') continue;
        const norms = signals?.[GRADIENT_NORM];
        if (!norms) throw new ArcherError('ARCHER_SIGNAL_MISSING', `no signal '${GRADIENT_NORM}'`);
        // p* follows ‖g(α)‖: the weight that the applied gradient carried is taken out.
        const own = norms.map((norm) => norm / (proposal.weight ?? 1));
        for (const distribution of all) update(distribution, proposal.architecture, own, options);
      }
    },

    advance(epochs) {
      const τ = tau(options.smoothing, epochs);
      const metrics: Record<string, number> = { 'path-tau': τ };
      const draws = all.flatMap((distribution) => distribution.draws).length;
      for (const distribution of all) {
        distribution.p = smoothed(distribution.G, τ); // p ← τ p̂ + (1−τ) u
        distribution.G.fill(0);
        distribution.n.fill(0);
        distribution.operations.forEach((name, o) => {
          const share = ((distribution.p[o] as number) * distribution.draws.length) / draws;
          metrics[`path-probability/${name}`] = (metrics[`path-probability/${name}`] ?? 0) + share;
        });
      }
      return { metrics };
    },

    get state() {
      return { proposed, beliefs: all.map(copy) };
    },
  };
}

/** One step: A_o sums the norms of o over cells and edges, m_o is per edge, G_o averages steps. */
function update(
  { draws, G, n }: Distribution,
  path: Path,
  norms: Float32Array,
  options: PathOptions,
) {
  for (const [o, G_o] of G.entries()) {
    const edges = draws.filter(([site]) => path[site as number] === o);
    const A_o = edges.flat().reduce((sum, site) => sum + (norms[site] as number), 0);
    if (A_o === 0) continue; // no parameters, or no gradient reached any of them
    const m_o = options.multiplicity === 'divide' ? A_o / edges.length : A_o;
    const n_o = (n[o] as number) + 1;
    n[o] = n_o;
    G[o] = options.statistic === 'ema' ? (G_o + m_o) / 2 : G_o + (m_o - G_o) / n_o;
  }
}

/** Tied sites draw together unless cells have their own; `shared` has one belief for all draws. */
function distributions(
  sites: readonly Site[],
  scope: PathOptions['scope'],
  saved?: readonly Belief[],
) {
  const tied = new Map<number, number[]>();
  sites.forEach(({ decision }, site) => {
    const key = scope === 'cell-edge' ? site : decision;
    tied.set(key, [...(tied.get(key) ?? []), site]);
  });
  const groups = scope === 'shared' ? [[...tied.values()]] : [...tied.values()].map((one) => [one]);
  return groups.map((draws, index): Distribution => {
    const [operations = [], ...others] = draws.flat().map((site) => sites[site]?.options ?? []);
    if (others.some((other) => other.join() !== operations.join())) {
      throw new ArcherError(
        'ARCHER_PATHS_SCOPE',
        `scope '${scope}' needs sites with the same options`,
      );
    }
    const N = operations.length;
    const uniform = {
      p: new Float64Array(N).fill(1 / N),
      G: new Float64Array(N),
      n: new Float64Array(N),
    };
    return { operations, draws, ...copy(saved?.[index] ?? uniform) };
  });
}

const copy = ({ p, G, n }: Belief) => ({ p: p.slice(), G: G.slice(), n: n.slice() });
