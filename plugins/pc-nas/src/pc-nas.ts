import {
  ArcherError,
  canKeep,
  completions,
  continuing,
  costLimits,
  costRange,
  EXIT,
  type Sampler,
  type SamplerContext,
  type SamplerRecipe,
  type State,
  type Stream,
  tableLimit,
} from '@archer-nas/core';
import type { SearchOptions } from './options.ts';
import * as pools from './pool.ts';

/** What a stage scores: completions of its candidates. */
interface Stage<A> {
  readonly candidates: readonly pools.Partial[];
  /** Which candidate each of them completes. */
  readonly of: readonly number[];
  readonly completions: readonly A[];
  /** `null`: not known yet; `NaN`: does not count. */
  readonly accuracies: readonly (number | null)[];
  readonly asked: number;
  /** How many completions were drawn to find as many legal ones. */
  readonly tried: number;
}

interface Saved {
  readonly pool: readonly pools.Partial[];
  readonly stage: Stage<string> | null;
  readonly over: boolean;
  readonly found: pools.Found;
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
  { pool: P, samples: Z, exact = Z, attempts, constraint, latency, chance }: SearchOptions,
  { space, metric, objective }: SamplerContext<A>,
  state?: State,
): Sampler<A> {
  const whole = continuing(space, []);
  const N = (space.decisions ?? []).map(({ options: { length } = [] }) => length);
  const limits = costLimits(space, constraint);
  if (latency) limits.push(tableLimit(space, latency));
  const sign = metric.direction === 'maximise' ? 1 : -1;
  const worst = chance === undefined ? Number.NEGATIVE_INFINITY : sign * chance;
  const saved = state as unknown as Saved | undefined;
  let { pool, over, found } = saved ?? { pool: pools.EMPTY, over: false, found: pools.NOTHING };
  let stage = saved?.stage ? translated(saved.stage, (text) => space.parse(text)) : undefined;
  const t = (): number => pool[0]?.length ?? 0; // mixops that are decided

  /** Steps a and b: extend the pool, complete the candidates. Without completion, one is gone. */
  function begin(stream: Stream): Stage<A> {
    const extended = t() < N.length ? pools.extend(pool, N[t()] as number) : pool;
    const draw = { samples: Z, exact, attempts, stream };
    const candidates = extended.filter((o) => canKeep(limits, o));
    const drawn = candidates.map((o) => completions(space, o, limits, draw));
    const all = drawn.flatMap(({ legal }) => legal);
    if (all.length === 0) throw impossible(space.name);
    const of = drawn.flatMap(({ legal }, candidate) => legal.map(() => candidate));
    const tried = drawn.reduce((sum, one) => sum + one.tried, 0);
    return { candidates, of, completions: all, accuracies: all.map(() => null), asked: 0, tried };
  }

  /** Step c: keep the P best; the scores of the last pool leave it as it is. */
  function end({ candidates, of, accuracies, tried }: Stage<A>): void {
    stage = undefined;
    if (t() === N.length) {
      over = true;
      return;
    }
    const scored = candidates.flatMap((o, candidate) => {
      const own = accuracies.filter((_, i) => of[i] === candidate) as number[]; // none is open
      const [limit] = limits;
      const cost = limit?.additive ? costRange(limit.additive, o).least : 0;
      return own.length === 0 ? [] : [{ o, potential: pools.potential(own), cost }];
    });
    const kept = pools.select(scored, P);
    pool = kept.map(({ o }) => o);
    found = { kept, candidates: scored.length, scored: of.length, tried };
  }

  return {
    propose(n, stream) {
      if (over) return 'done';
      stage ??= begin(stream);
      const { asked: from } = stage;
      const next = stage.completions.slice(from, from + n);
      stage = { ...stage, asked: from + next.length };
      const proposals = next.map((architecture, i) => ({ id: `${t()}-${from + i}`, architecture }));
      return proposals.length === 0 ? 'wait' : proposals;
    },

    observe(evaluations) {
      for (const { proposal, metrics, status } of evaluations) {
        const [of, i] = proposal.id.split('-').map(Number);
        if (stage?.accuracies[i as number] !== null || of !== t()) continue;
        const accuracy = sign * (metrics[metric.name] ?? Number.NaN);
        const legal = status !== 'failed' && objective.violation(metrics) === 0;
        const value = legal && accuracy > worst ? accuracy : Number.NaN;
        stage = { ...stage, accuracies: stage.accuracies.with(i as number, value) };
        if (!stage.accuracies.includes(null)) end(stage);
      }
    },

    stages: {
      get done() {
        return t();
      },
      total: N.length,
      ...(limits.length === 0 && {
        evaluations: pools.evaluations(N, P, (rest) => (rest <= exact ? rest : Z)),
      }),
      // Step d: a partial model, uniformly, completed uniformly.
      draw: (stream) => (t() === 0 ? whole : continuing(space, stream.pick(pool))).sample(stream),
    },

    advance: () => pools.report(found, N, sign),

    get state() {
      const open = stage ? translated(stage, (a) => space.format(a)) : null;
      return { pool, stage: open, over, found } as unknown as State;
    },
  };
}

function translated<A, B>(stage: Stage<A>, translate: (a: A) => B): Stage<B> {
  return { ...stage, completions: stage.completions.map(translate) };
}

function impossible(name: string): ArcherError {
  return new ArcherError(
    'ARCHER_CONSTRAINT',
    `pc-nas: no completion in ${name} keeps the limits.`,
    {
      hint: 'Raise the limits, or `attempts`.',
      exit: EXIT.manifest,
    },
  );
}
