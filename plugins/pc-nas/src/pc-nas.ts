import {
  type CompletedPrefixes,
  completer,
  continuing,
  Questions,
  type Sampler,
  type SamplerContext,
  type SamplerRecipe,
  type SavedQuestions,
  type State,
  type Stream,
} from '@archer-nas/core';
import { byModel, byNetwork } from './networks.ts';
import type { SearchOptions } from './options.ts';
import * as pools from './pool.ts';

/** A stage that is being scored: which candidate each completion is of. */
type Stage = Pick<CompletedPrefixes<unknown>, 'of' | 'tried'> & {
  readonly candidates: readonly pools.PartialModel[];
  readonly networks: readonly string[];
};

interface Saved {
  readonly pool: readonly pools.PartialModel[];
  readonly over: boolean;
  readonly found: pools.Found;
  readonly stage: Stage | null;
  readonly questions: SavedQuestions | null;
}

/**
 * PC-NAS: a pool of partial models is extended mixop by mixop. Stage t scores every extension by
 * its potential, the mean accuracy of random completions, and keeps the P best; training between
 * stages then covers what they leave. The last pool, of whole models, is scored once more.
 */
export function pcNas(options: SearchOptions): SamplerRecipe {
  return { name: 'pc-nas', begin: (context, saved) => sampler(options, context, saved) };
}

function sampler<A>(
  { pool: P, connected, distinct, ...completion }: SearchOptions,
  { space, metric, objective }: SamplerContext<A>,
  state?: State,
): Sampler<A> {
  const { samples: Z, exact = Z } = completion;
  const N = (space.decisions ?? []).map(({ options: { length } = [] }) => length);
  const { complete, leastCost, limited } = completer(space, completion);
  const sign = metric.direction === 'maximise' ? 1 : -1;
  const networksOf = distinct === 'canonical' ? byNetwork(space, completion) : byModel;
  const counts = (a: A): boolean => !connected || (space.isConnected?.(a) ?? true);
  const saved = state as unknown as Saved | undefined;
  let { pool, over, found, stage } = saved ?? pools.BEGINNING;
  let questions =
    saved?.questions && Questions.restored(saved.questions, (text) => space.parse(text));
  const t = (): number => pool[0]?.length ?? 0; // mixops that are decided

  /** Steps a and b: extend the pool, complete the candidates. Without completion, one is gone. */
  function begin(stream: Stream): Questions<A> {
    const extended = t() < N.length ? pools.extend(pool, N[t()] as number) : pool;
    const { prefixes: candidates, architectures, of, tried } = complete(extended, stream);
    stage = { candidates, networks: networksOf(candidates, stream), of, tried };
    return new Questions(t(), architectures);
  }

  /** Step c: keep the P best; the scores of the last pool leave it as it is. */
  function end({ candidates, networks, of, tried }: Stage, accuracies: readonly number[]): void {
    over = t() === N.length;
    [stage, questions] = [null, null];
    if (over) return;
    const scored = candidates.map((o, candidate) => {
      const own = accuracies.filter((_, i) => of[i] === candidate);
      const network = networks[candidate] as string;
      return { o, potential: pools.potential(own), cost: leastCost(o), network };
    });
    const kept = pools.select(scored, P);
    pool = kept.map(({ o }) => o);
    found = { kept, candidates: scored.length, legal: of.length / tried };
  }

  return {
    propose(n, stream) {
      if (over) return 'done';
      questions ??= begin(stream);
      return questions.propose(n);
    },
    observe(evaluations) {
      for (const { proposal, metrics, status } of evaluations) {
        const accuracy = sign * (metrics[metric.name] ?? Number.NaN);
        const legal = status !== 'failed' && objective.violation(metrics) === 0;
        const isCounted = legal && counts(proposal.architecture);
        questions?.answer(proposal, isCounted ? accuracy : Number.NaN);
      }
      if (stage && questions?.complete) end(stage, questions.values);
    },

    stages: {
      get done() {
        return t();
      },
      total: N.length,
      // A limit, or one network less, makes a pool smaller than P.
      ...(!limited &&
        distinct === 'architecture' && {
          evaluations: pools.evaluations(N, P, (rest) => (rest <= exact ? rest : Z)),
        }),
      // Step d: a partial model, uniformly, completed uniformly.
      draw: (stream) => continuing(space, stream.pick(pool)).sample(stream),
    },
    advance: () => pools.report(found, N, sign),
    get state() {
      const open = questions?.saved((a) => space.format(a)) ?? null;
      return { pool, over, found, stage, questions: open } as unknown as State;
    },
  };
}
