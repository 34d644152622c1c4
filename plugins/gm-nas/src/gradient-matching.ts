import { ArcherError, EXIT, type Stream } from '@archer-nas/core';
import {
  decisionSites,
  type Gradients,
  gradientDots,
  type ParameterSpec,
  type Path,
  randomPath,
  type Site,
  type SplitContext,
  type SplitPlan,
  type SplitRecipe,
} from '@archer-nas/nn';
import { bestCut, type Cut, type CutOptions } from './min-cut.ts';

/** What the splits are chosen by. */
export interface GradientMatchingOptions extends CutOptions {
  /** Of the training of every supernet, split by split. */
  readonly epochs: readonly number[];
  /** Batches whose gradients are compared, for each decision. */
  readonly repetitions: number;
  /** What the supernets of the last split begin with; those before it take over everything. */
  readonly last: SplitPlan['inherits'];
}

/**
 * GM-NAS: options belong together that pull the shared weights the same way. For every decision e
 * that is not split yet, d(o, o') = 1 − cos(∇L with e = o, ∇L with e = o') is averaged over random
 * paths and batches; the best cut of each decision into two groups gives its score, and the
 * supernet is split at the decision with the largest.
 */
export function gradientMatching(options: GradientMatchingOptions): SplitRecipe {
  const { epochs, repetitions, last } = options;
  return {
    plan: (sites) => {
      const open = decisionSites(sites).filter((site) => site.options.length > 1).length;
      if (open < epochs.length) throw tooFew(open, epochs);
      return epochs.map((own, level) => ({
        into: 2,
        steps: repetitions * (open - level),
        epochs: own,
        inherits: level === epochs.length - 1 ? last : 'everything',
      }));
    },
    begin: (context, saved) => {
      if (context.parameters.every(({ owner }) => owner === undefined)) throw nothingToCompare();
      const decisions = openDecisions(context);
      // D[e][o · n + o']: sums over repetitions
      const D = (saved as unknown as readonly Float64Array[] | undefined)?.map((d) => d.slice());
      const sums = D ?? decisions.map((e) => new Float64Array(optionsOf(context, e) ** 2));
      return {
        step(at) {
          const which = Math.floor(at / repetitions);
          const d = distances(context, decisions[which] as number, at);
          (sums[which] as Float64Array).forEach((sum, i, all) => {
            all[i] = sum + (d[i] ?? 0) / repetitions;
          });
        },
        split() {
          const cuts = decisions.map((e, which): Cut & { readonly e: number } => {
            return { e, ...bestCut(sums[which] as Float64Array, options) };
          });
          const best = cuts.reduce((a, b) => (b.score > a.score ? b : a));
          return {
            decision: best.e,
            groups: best.groups,
            metrics: { 'split-decision': best.e, 'split-score': best.score },
          };
        },
        get state() {
          return sums.map((sum) => sum.slice());
        },
      };
    },
  };
}

/**
 * 1 − cos of every two of n gradients, row by row, [n · n]; 1 from a gradient that is zero.
 *
 * @param dots their inner products, [n · n]
 */
export function cosineDistances(dots: Float64Array): Float64Array {
  const n = Math.round(Math.sqrt(dots.length));
  return dots.map((dot, at) => {
    const norms = [Math.floor(at / n), at % n].map((i) => dots[i * n + i] as number);
    const product = Math.sqrt((norms[0] as number) * (norms[1] as number));
    return product > 0 ? 1 - dot / product : 1;
  });
}

/** Decisions with a choice that the supernet was not split by. */
function openDecisions({ sites, before }: SplitContext): number[] {
  return decisionSites(sites)
    .filter(({ decision, options }) => options.length > 1 && !before.includes(decision))
    .map(({ decision }) => decision);
}

function optionsOf({ sites }: SplitContext, e: number): number {
  return sites.find(({ decision }) => decision === e)?.options.length ?? 0;
}

/** Of one random path with each option at decision e in turn, on one batch. */
function distances(context: SplitContext, e: number, at: number): Float64Array {
  const { sites, parameters, streams } = context;
  const path = pathThrough(context, e, streams.stream('path', at));
  const paths = Array.from({ length: optionsOf(context, e) }, (_, option) =>
    path.map((own, site) => (sites[site]?.decision === e ? option : own)),
  );
  const names = sharedParameters(sites, parameters, e);
  return context.gradients(paths, (all) =>
    cosineDistances(gradientDots(all.map((one) => only(one, names)))),
  );
}

/** A random path; where architectures leave out sites, one that has decision e. */
function pathThrough({ sites, perNode }: SplitContext, e: number, stream: Stream): Path {
  const own = sites.findIndex(({ decision }) => decision === e);
  for (;;) {
    const path = randomPath({ sites, perNode }, stream);
    if (perNode === undefined || ![-1, sites[own]?.zero].includes(path[own])) return path;
  }
}

/**
 * Parameters of the options of all other decisions, and those without an owner that lie between
 * sites, as reduction blocks do: neither stem nor classifier.
 */
export function sharedParameters(
  sites: readonly Site[],
  parameters: readonly ParameterSpec[],
  e: number,
): readonly string[] {
  const owned = [...parameters.keys()].filter((at) => parameters[at]?.owner !== undefined);
  const within = parameters.slice(owned[0] ?? 0, (owned.at(-1) ?? -1) + 1);
  return within
    .filter(({ owner }) => owner === undefined || sites[owner.site]?.decision !== e)
    .map(({ name }) => name);
}

function only(gradients: Gradients, names: readonly string[]): Gradients {
  return new Map(
    names.flatMap((name) => {
      const gradient = gradients.get(name);
      return gradient === undefined ? [] : [[name, gradient] as const];
    }),
  );
}

function nothingToCompare(): ArcherError {
  return new ArcherError(
    'ARCHER_SPLIT',
    'Gradients are compared of the parameters of the options of other decisions; this supernet has ' +
      'none that belongs to an option.',
    { hint: 'Use another space, or `split: { use: exhaustive }`.', exit: EXIT.manifest },
  );
}

function tooFew(open: number, epochs: readonly number[]): ArcherError {
  return new ArcherError(
    'ARCHER_SPLIT',
    `The supernet was to be split ${epochs.length} times, epochs [${epochs}], each time by another ` +
      `decision; ${open} of its decisions have at least two options.`,
    { hint: 'Give epochs for fewer splits.', exit: EXIT.manifest },
  );
}
