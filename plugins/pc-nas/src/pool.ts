import { type Choice, mean, type Report } from '@archer-nas/core';

/** A partial model (o_1, …, o_t): the candidates that the first t mixops take. */
export type PartialModel = readonly Choice[];

/** A candidate of a stage and what its completions have come to. */
export interface Candidate {
  readonly o: PartialModel;
  readonly potential: number;
  /** Least cost that it can still end with, where there is a limit: the second key. */
  readonly cost: number;
  /** The same of candidates that end as one network; its own where all may stay. */
  readonly network: string;
}

/** What a stage has found. */
export interface Found {
  readonly kept: readonly Candidate[];
  readonly candidates: number;
  /** Share of the completions looked at that kept the limits. */
  readonly legal: number;
}

const NOTHING: Found = { kept: [], candidates: 0, legal: 0 };
const EMPTY: readonly PartialModel[] = [[]];
/** P_0: nothing is fixed, nothing was scored. */
export const BEGINNING = { pool: EMPTY, over: false, found: NOTHING, stage: null };

/** Step a: every partial model of the pool with each of the N candidates of the next mixop. */
export function extend(pool: readonly PartialModel[], N: number): PartialModel[] {
  return pool.flatMap((o) => Array.from({ length: N }, (_, candidate) => [...o, candidate]));
}

/** Potential(o_1, …, o_t): the mean of the accuracies that count; -∞ where none does. */
export function potential(accuracies: readonly number[]): number {
  const counted = accuracies.filter((accuracy) => !Number.isNaN(accuracy));
  return counted.length === 0 ? Number.NEGATIVE_INFINITY : mean(counted);
}

/**
 * Step c: the P best by potential, of one network the first; of equals the cheaper, then the
 * lexicographically first.
 */
export function select(candidates: readonly Candidate[], P: number): Candidate[] {
  // −∞ − −∞ is NaN, which goes on to the next key as 0 does.
  const order = (a: Candidate, b: Candidate): number =>
    b.potential - a.potential || a.cost - b.cost || lexicographic(a.o, b.o);
  const best = new Map<string, Candidate>();
  for (const candidate of [...candidates].sort(order)) {
    if (!best.has(candidate.network)) best.set(candidate.network, candidate);
  }
  return [...best.values()].slice(0, P);
}

/** Architectures that share weights after stage t: |P| Π_{l>t} N_l. */
export function sharing(pool: readonly PartialModel[], N: readonly number[]): number {
  return pool.length * completions(N, pool[0]?.length ?? 0);
}

/** Of a partial model of t mixops: Π_{l>t} N_l. */
function completions(N: readonly number[], t: number): number {
  return N.slice(t).reduce((product, N_l) => product * N_l, 1);
}

/**
 * KL(p_alone ‖ p_share) of K architectures with likelihoods N(θ; μ_i, σ²) and a flat prior:
 * ½ (K − 1 − ln K + K (μ_k − μ̄)²/σ²). How far the posterior has faded, were weights Gaussian.
 *
 * @param distance (μ_k − μ̄)/σ; 0: of the architecture in the middle, the least
 */
export function fading(K: number, distance = 0): number {
  return (K - 1 - Math.log(K) + K * distance ** 2) / 2;
}

/**
 * Evaluations of a search without limits, its last pool's included.
 *
 * @param scored how many of so many completions are
 */
export function evaluations(
  N: readonly number[],
  P: number,
  scored: (completions: number) => number,
): number {
  let [size, sum] = [1, 0];
  N.forEach((N_t, t) => {
    sum += size * N_t * scored(completions(N, t + 1));
    size = Math.min(P, size * N_t);
  });
  return sum + size;
}

/** What a stage tells when it has ended; `sign` is -1 for metrics that are minimised. */
export function report(found: Found, N: readonly number[], sign: number): Report {
  const { kept, candidates, legal } = found;
  const pool = kept.map(({ o }) => o);
  return {
    metrics: {
      stage: pool[0]?.length ?? 0,
      candidates,
      'sharing-architectures': sharing(pool, N),
      fading: fading(sharing(pool, N)),
      'legal-share': legal,
    },
    tables: {
      [`pool-${pool[0]?.length ?? 0}`]: {
        columns: ['partial model', 'potential'],
        rows: kept.map(({ o, potential }) => [o.join(' '), sign * potential]),
      },
    },
  };
}

function lexicographic(a: PartialModel, b: PartialModel): number {
  const at = a.findIndex((choice, l) => choice !== b[l]);
  return at < 0 ? 0 : (a[at] as Choice) - (b[at] as Choice);
}
