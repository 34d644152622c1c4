import {
  type Choice,
  type Evaluation,
  type Proposal,
  restrictable,
  type Sampler,
  type SamplerContext,
  type SamplerRecipe,
  type State,
  type Stream,
} from '@archer-nas/core';
import { fitnessOf } from './fitness.ts';

const NAME = 'narrowing';

/** See the plugin's options. */
export interface NarrowingOptions {
  /** Architectures per round. */
  readonly samples: number;
  /** Share of each decision's options that a round leaves, rounded up, but one fewer at least. */
  readonly keep: number;
  /** An option's score: of its architectures, the mean rank or the best. */
  readonly score: 'mean' | 'best';
  /** Draws for each architecture that must be new. */
  readonly attempts: number;
}

/** An evaluated architecture of the round. */
interface Sample {
  readonly choices: readonly Choice[];
  readonly fitness: number;
}

interface Saved {
  /** Per decision, the options that are left. */
  readonly allowed: readonly (readonly Choice[])[];
  readonly proposed: number;
  /** In this round. */
  readonly drawn: number;
  readonly outstanding: number;
  readonly samples: readonly Sample[];
  readonly visited: readonly string[];
}

/**
 * Successive narrowing: random architectures of a space, then of what is left of it when every
 * decision has lost the options that did worst, one decision at a time, and so on.
 */
export function narrowing(options: NarrowingOptions): SamplerRecipe {
  return { name: NAME, begin: (context, saved) => begin(options, context, saved) };
}

function begin<A>(
  options: NarrowingOptions,
  { space, objective }: SamplerContext<A>,
  saved: State | undefined,
): Sampler<A> {
  const { counts, choices, restrict } = restrictable(space, NAME);
  const fitness = fitnessOf(NAME, objective);
  const all = counts.map((count) => Array.from({ length: count }, (_, i) => i));
  let now: Saved = (saved as unknown as Saved | undefined) ?? {
    ...{ allowed: all, proposed: 0, drawn: 0, outstanding: 0, samples: [], visited: [] },
  };
  const visited = new Set(now.visited);
  let left = restrict(now.allowed);

  const draw = (stream: Stream): A | undefined => {
    for (let attempt = 0; attempt < options.attempts; attempt++) {
      const architecture = left.sample(stream);
      const id = space.id(architecture);
      if (visited.has(id)) continue;
      visited.add(id);
      return architecture;
    }
    return undefined;
  };
  /** The next architecture of the round; when there is none, the round's end. */
  const next = (stream: Stream): { readonly architecture: A } | 'wait' | 'done' => {
    for (;;) {
      const architecture = now.drawn < options.samples ? draw(stream) : undefined;
      if (architecture !== undefined) return { architecture };
      if (now.outstanding > 0) return 'wait';
      if (now.allowed.every(({ length }) => length === 1)) return 'done';
      const allowed = now.allowed.map((choices, i) => narrowed(choices, i, now.samples, options));
      now = { ...now, allowed, drawn: 0, samples: [] };
      left = restrict(allowed);
    }
  };
  return {
    get state() {
      return { ...now, visited: [...visited] } as unknown as State;
    },
    propose(n, stream) {
      const proposals: Proposal<A>[] = [];
      while (proposals.length < n) {
        const found = next(stream);
        if (typeof found === 'string') return proposals.length > 0 ? proposals : found;
        proposals.push({ id: `narrowing-${now.proposed}`, ...found });
        const { proposed, drawn, outstanding } = now;
        now = {
          ...now,
          proposed: proposed + 1,
          drawn: drawn + 1,
          outstanding: outstanding + 1,
        };
      }
      return proposals;
    },
    observe(evaluations: readonly Evaluation<A>[]) {
      const samples = evaluations.map((evaluation) => ({
        choices: [...choices(evaluation.proposal.architecture)],
        fitness: fitness(evaluation),
      }));
      const outstanding = now.outstanding - evaluations.length;
      now = { ...now, outstanding, samples: [...now.samples, ...samples] };
    },
  };
}

/** The options of one decision that a round leaves, ascending; of equals the earlier ones. */
function narrowed(
  choices: readonly Choice[],
  decision: number,
  samples: readonly Sample[],
  { keep, score }: NarrowingOptions,
): readonly Choice[] {
  if (choices.length === 1) return choices;
  const ranks = ranksOf(samples);
  const scores = choices.map((choice) => {
    const own = ranks.filter((_, i) => samples[i]?.choices[decision] === choice);
    // An option that the round did not draw is as good as the average.
    if (own.length === 0) return { choice, score: (samples.length - 1) / 2 };
    const sum = own.reduce((total, rank) => total + rank, 0);
    return { choice, score: score === 'best' ? Math.max(...own) : sum / own.length };
  });
  const kept = Math.min(choices.length - 1, Math.ceil(keep * choices.length));
  const best = scores.sort((a, b) => b.score - a.score).slice(0, Math.max(1, kept));
  return best.map(({ choice }) => choice).sort((a, b) => a - b);
}

/** 0 for the worst; ranks, because failures have no number. Equals share the lowest. */
function ranksOf(samples: readonly Sample[]): readonly number[] {
  return samples.map(({ fitness }) => samples.filter((other) => other.fitness < fitness).length);
}
