import { ArcherError, type Sampler } from '@archer-nas/core';
import { GRADIENT_NORM, type Path, type PathRecipe, type Site, tiedSites } from '@archer-nas/nn';
import type { PathOptions } from './options.ts';
import { smoothed, tau } from './smoothing.ts';

/** p is frozen during an epoch; the statistic G and its counts n start each epoch at zero. */
type Belief = { readonly p: Float64Array; readonly G: Float64Array; readonly n: Float64Array };
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
    begin: (sites, saved) => sampler(options, sites, saved as Saved | undefined),
  };
}

function sampler(options: PathOptions, sites: readonly Site[], saved?: Saved): Sampler<Path> {
  const all = distributions(sites, options.scope, saved?.beliefs);
  const cap = options.weightCap ?? Number.POSITIVE_INFINITY;
  let proposed = saved?.proposed ?? 0;
  return {
    propose: (count, stream) =>
      Array.from({ length: count }, () => {
        const path: number[] = [];
        let weight = 1;
        for (const { p, draws } of all) {
          for (const tied of draws) {
            const o = stream.weighted(p);
            for (const site of tied) path[site] = o;
            weight /= p.length * (p[o] as number); // 1/(N p(α)), factor by factor
          }
        }
        const proposal = { id: `path-${proposed++}`, architecture: path };
        return options.weighted ? { ...proposal, weight: Math.min(weight, cap) } : proposal;
      }),

    observe(evaluations) {
      for (const { proposal, signals, status } of evaluations) {
        if (status === 'failed') continue;
        const norms = signals?.[GRADIENT_NORM];
        if (!norms) throw new ArcherError('ARCHER_SIGNAL_MISSING', `no signal '${GRADIENT_NORM}'`);
        // p* follows ‖g(α)‖: the weight that the applied gradient carried is taken out.
        const own = norms.map((norm) => norm / (proposal.weight ?? 1));
        for (const each of all) update(each, proposal.architecture, own, options);
      }
    },

    advance(epochs) {
      const τ = tau(options.smoothing, epochs);
      const metrics: Record<string, number> = { 'path-tau': τ };
      const total = all.flatMap(({ draws }) => draws).length;
      for (const { operations, draws, p, G, n } of all) {
        p.set(smoothed(G, τ)); // p ← τ p̂ + (1−τ) u
        G.fill(0);
        n.fill(0);
        operations.forEach((name, o) => {
          const key = `path-probability/${name}`; // the mean over a path's draws
          metrics[key] = (metrics[key] ?? 0) + ((p[o] as number) * draws.length) / total;
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
function update(of: Distribution, path: Path, norms: Float32Array, options: PathOptions): void {
  for (const [o, G_o] of of.G.entries()) {
    const edges = of.draws.filter(([site]) => path[site as number] === o);
    const A_o = edges.flat().reduce((sum, site) => sum + (norms[site] as number), 0);
    if (A_o === 0) continue; // no parameters, or no gradient reached any of them
    const m_o = options.multiplicity === 'divide' ? A_o / edges.length : A_o;
    const n_o = (of.n[o] as number) + 1;
    of.n[o] = n_o;
    of.G[o] = options.statistic === 'ema' ? (G_o + m_o) / 2 : G_o + (m_o - G_o) / n_o;
  }
}

/**
 * Tied sites draw together unless cells have their own; `shared` has one belief for all draws
 * from the same options.
 */
function distributions(sites: readonly Site[], scope: string, saved?: readonly Belief[]) {
  const draws = scope === 'cell-edge' ? sites.map((_, site) => [site]) : tiedSites(sites);
  const optionsOf = ([site]: readonly number[]) => sites[site as number]?.options ?? [];
  const groups = new Map<string, (readonly number[])[]>();
  for (const [at, draw] of draws.entries()) {
    const key = scope === 'shared' ? optionsOf(draw).join() : String(at);
    groups.set(key, [...(groups.get(key) ?? []), draw]);
  }
  return [...groups.values()].map((own, index): Distribution => {
    const operations = optionsOf(own[0] as readonly number[]); // no group is empty
    const G = new Float64Array(operations.length);
    const belief = saved?.[index] ?? { p: smoothed(G, 0), G, n: G };
    return { operations, draws: own, ...copy(belief) };
  });
}

const copy = ({ p, G, n }: Belief) => ({ p: p.slice(), G: G.slice(), n: n.slice() });
