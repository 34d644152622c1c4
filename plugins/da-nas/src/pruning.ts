import {
  type Allowed,
  Questions,
  restrictable,
  type Sampler,
  type SamplerContext,
  type SamplerRecipe,
  type SavedQuestions,
  type State,
  type Stream,
} from '@archer-nas/core';
import type { PruningOptions } from './options.ts';

interface Saved {
  /** Stages that are complete; one more: the choice is made. */
  readonly done: number;
  readonly left: Allowed;
  readonly questions: SavedQuestions | null;
}

/**
 * DA-NAS's pruning: after each phase of the training, random architectures of what is left are scored; an
 * option is as good as those that contain it on average, and every decision loses its worst ones.
 */
export function pruning(options: PruningOptions): SamplerRecipe {
  return { name: 'da-nas', begin: (context, saved) => sampler(options, context, saved) };
}

function sampler<A>(
  { stages, samples, drop, finalists }: PruningOptions,
  { space, metric, objective }: SamplerContext<A>,
  state?: State,
): Sampler<A> {
  const { counts, choices, restrict } = restrictable(space, 'da-nas');
  const sign = metric.direction === 'maximise' ? 1 : -1;
  const saved = state as unknown as Saved | undefined;
  let { done, left } = saved ?? { done: 0, left: counts.map((m) => [...Array(m).keys()]) };
  let questions =
    saved?.questions && Questions.restored(saved.questions, (text) => space.parse(text));

  function begin(stream: Stream): Questions<A> {
    const [part, length] = [restrict(left), done === stages ? finalists : samples];
    const drawn = Array.from({ length }, () => part.sample(stream));
    return new Questions(done, drawn);
  }

  /** The scores of finalists leave everything as it is. */
  function end({ architectures, values }: Questions<A>): void {
    const paths = architectures.map((a, i) => {
      return { choices: choices(a), accuracy: values[i] as number }; // one each
    });
    if (done < stages) left = left.map((options, d) => pruned(options, d, paths, drop));
    done += 1;
    questions = null;
  }

  return {
    propose(n, stream) {
      if (done > stages) return 'done';
      questions ??= begin(stream);
      return questions.propose(n);
    },
    observe(evaluations) {
      for (const { proposal, metrics, status } of evaluations) {
        const legal = status !== 'failed' && objective.violation(metrics) === 0;
        questions?.answer(proposal, legal ? sign * (metrics[metric.name] ?? NaN) : NaN);
      }
      if (questions?.complete) end(questions);
    },
    stages: {
      get done() {
        return Math.min(done, stages);
      },
      total: stages,
      evaluations: stages * samples + finalists,
      draw: (stream) => restrict(left).sample(stream),
    },
    advance: () => ({ metrics: { 'options-left': left.flat().length } }),
    get state() {
      return { done, left, questions: questions?.saved((a) => space.format(a)) ?? null } as never;
    },
  };
}

/**
 * The options of decision `d` without the worst ⌊drop m⌋ of m by the mean accuracy of the paths that
 * contain them, ascending. Those that only failed paths contain are the worst, those that none
 * contains stay; of equals the later ones go.
 */
export function pruned(
  options: readonly number[],
  d: number,
  paths: readonly { readonly choices: readonly number[]; readonly accuracy: number }[],
  drop: number,
): readonly number[] {
  const judged = options.flatMap((option) => {
    const drawn = paths.filter(({ choices }) => choices[d] === option);
    const own = drawn.filter(({ accuracy }) => !Number.isNaN(accuracy));
    const mean = own.reduce((sum, { accuracy }) => sum + accuracy / own.length, 0);
    return drawn.length === 0 ? [] : [{ option, mean: own.length > 0 ? mean : -Number.MAX_VALUE }];
  });
  const worst = judged.sort((a, b) => a.mean - b.mean || b.option - a.option);
  const dropped = worst.slice(0, Math.floor(drop * options.length)).map(({ option }) => option);
  return options.filter((option) => !dropped.includes(option));
}
