import type { State } from '@archer-nas/core';
import {
  type CostTable,
  costRows,
  denseMixture,
  type Mixture,
  mixtureGradientRows,
  optionCounts,
  type Relaxation,
  type RelaxationRecipe,
  type Rows,
  type Site,
} from '@archer-nas/nn';

/** What the optimiser of the scaling factors is told. */
export interface ProximalOptions {
  /** η. */
  readonly lr: number;
  /** μ. */
  readonly momentum: number;
  /** γ of γ‖λ‖₁, of all decisions or of each. */
  readonly gamma: number | readonly number[];
}

/** What DSO-NAS is told. */
export interface DsoNasOptions extends ProximalOptions {
  readonly gamma: number;
  /** FLOPs by `option` or `site.option`, which γ is adapted by; absent: one γ. */
  readonly flops?: CostTable | undefined;
  /** λ at the start. */
  readonly init: number;
}

/** Scaling factors λ and their velocity v. */
export interface Scaling {
  readonly lambda: Rows;
  readonly velocity: Rows;
}

/**
 * DSO-NAS (Zhang, Huang and Wang): every operation's output is multiplied by λ, and the loss has
 * γ‖λ‖₁, so that λ becomes exactly zero where an operation is not worth it.
 */
export function dsoNas(options: DsoNasOptions): RelaxationRecipe {
  return { inputs: 'each', begin: (sites, _, saved) => relaxed(options, sites, saved) };
}

function relaxed(options: DsoNasOptions, sites: readonly Site[], saved?: State): Relaxation {
  const zeros = zeroOptions(sites);
  const blocks = options.flops && blocksOf(sites, options.flops);
  let scaling = (saved as unknown as Scaling | undefined) ?? beginning(options, sites, zeros);
  return {
    get probabilities() {
      return scaling.lambda.map((row, decision) => shares(row, zeros[decision]));
    },
    // Edges compete by |λ|: each one's shares would hide how little of it is left.
    get scores() {
      return scaling.lambda.map((row, decision) => magnitudes(row, zeros[decision]));
    },
    get state() {
      return scaling as unknown as State;
    },
    update({ valid }) {
      const rows = mixtureGradientRows(scaling.lambda, valid);
      const { gamma: all } = options;
      const gamma = blocks === undefined ? all : blockGammas(all, scaling.lambda, blocks);
      scaling = proximalStep(scaling, rows, { ...options, gamma });
      return { 'non-zero': scaling.lambda.reduce((n, row) => n + supportOf(row).length, 0) };
    },
    weightMixture: () => sparseMixture(scaling.lambda),
    get point() {
      const gradient = mixtureGradientRows; // without a softmax, λ is the mixture
      return { alpha: scaling.lambda, weightDecay: 0, mixture: denseMixture, gradient };
    },
  };
}

/** All λ are `init`, but for options that give zeros anyway. */
function beginning(
  { init }: DsoNasOptions,
  sites: readonly Site[],
  zeros: readonly (number | undefined)[],
): Scaling {
  const lambda = optionCounts(sites).map((length, decision) =>
    Float64Array.from({ length }, (_, option) => (option === zeros[decision] ? 0 : init)),
  );
  return { lambda, velocity: lambda.map((row) => new Float64Array(row.length)) };
}

/**
 * Accelerated proximal gradient in the form of NAG: z = λ − η G;
 * v ← S_ηγ(z) − λ + μ v; λ ← S_ηγ(z) + μ v, S the soft threshold.
 */
export function proximalStep(
  { lambda, velocity }: Scaling,
  gradient: Rows,
  { lr: eta, momentum: mu, gamma }: ProximalOptions,
): Scaling {
  const proximal = lambda.map((row, r) =>
    row.map((l, i) => {
      const g = typeof gamma === 'number' ? gamma : (gamma[r] ?? 0);
      return softThreshold(l - eta * (gradient[r]?.[i] ?? 0), eta * g);
    }),
  );
  const v = velocity.map((row, r) =>
    row.map((old, i) => (proximal[r]?.[i] ?? 0) - (lambda[r]?.[i] ?? 0) + mu * old),
  );
  const next = proximal.map((row, r) => row.map((s, i) => s + mu * (v[r]?.[i] ?? 0)));
  return { lambda: next, velocity: v };
}

function softThreshold(z: number, threshold: number): number {
  return Math.sign(z) * Math.max(Math.abs(z) - threshold, 0);
}

/** What γ is adapted by. */
interface Blocks {
  /** FLOPs by decision and option. */
  readonly flops: Rows;
  /** The block of each decision: what its first site's name has before its last dot. */
  readonly names: readonly string[];
}

function blocksOf(sites: readonly Site[], table: CostTable): Blocks {
  const names: string[] = [];
  for (const { name, decision } of sites) names[decision] ??= name.replace(/\.?[^.]*$/, '');
  return { flops: costRows(sites, table, 'lambda.flops'), names };
}

/**
 * γ · FLOPs_t / FLOPs_block by decision, FLOPs_t those of the block's operations that are left: a
 * block that is still expensive is thinned faster.
 */
export function blockGammas(gamma: number, lambda: Rows, { flops, names }: Blocks): number[] {
  const sums = new Map<string, { left: number; all: number }>();
  names.forEach((name, decision) => {
    const sum = sums.get(name) ?? { left: 0, all: 0 };
    flops[decision]?.forEach((value, option) => {
      sum.all += value;
      if (lambda[decision]?.[option] !== 0) sum.left += value;
    });
    sums.set(name, sum);
  });
  return names.map((name) => {
    const { left: now, all } = sums.get(name) ?? { left: 0, all: 0 };
    return all === 0 ? gamma : (gamma * now) / all;
  });
}

/** What has a scaling factor of zero is removed: it costs nothing. */
function sparseMixture(lambda: Rows): Mixture {
  return lambda.map((row) => {
    const support = supportOf(row);
    return { support, weights: Float64Array.from(support, (option) => row[option] ?? 0) };
  });
}

function supportOf(row: Float64Array): number[] {
  return [...row.keys()].filter((option) => row[option] !== 0);
}

/** |λ|; where all are zero, 1 for the option of zeros. */
function magnitudes(row: Float64Array, zero: number | undefined): Float64Array {
  const isNothingLeft = supportOf(row).length === 0;
  return row.map((l, option) => (isNothingLeft && option === zero ? 1 : Math.abs(l)));
}

/** Magnitudes as shares of their sum; uniform where nothing is left, nor an option of zeros. */
function shares(row: Float64Array, zero: number | undefined): Float64Array {
  const all = magnitudes(row, zero);
  const sum = all.reduce((total, m) => total + m, 0);
  return all.map((m) => (sum > 0 ? m / sum : 1 / row.length));
}

/** The option of each decision that gives zeros. */
function zeroOptions(sites: readonly Site[]): readonly (number | undefined)[] {
  const zeros: (number | undefined)[] = [];
  for (const { decision, zero } of sites) zeros[decision] = zero;
  return zeros;
}
