import { setTimeout as wait } from 'node:timers/promises';
import {
  ArcherError,
  definePlugin,
  type Evaluation,
  type Evaluator,
  EXIT,
  type History,
  type MetricSpec,
  type Search,
  type SearchContext,
  type SearchSpace,
  type State,
  singleMetric,
} from '@archer-nas/core';
import { z } from 'zod';

const options = z.strictObject({
  rounds: z.int().positive().default(40).describe('architectures evaluated'),
  stepMs: z
    .number()
    .nonnegative()
    .default(0)
    .describe('how long a step takes at least, for tests that interrupt one'),
});

/** A hill climber: mutates the best architecture, keeps what is not worse. */
export const toyClimb = definePlugin({
  id: 'toy-climb',
  kind: 'strategy',
  summary: 'A hill climber over any space that can mutate, for tests.',
  options,
  requires: ['evaluator'],
  provides: ['view:scores', 'view:histories'],
  create: (parsed, { space, evaluator }) => ({
    begin: async (context, saved) => climb(parsed, space, evaluator, context, saved),
  }),
});

/** Everything that changes; the typed array is there to be checkpointed. */
type Climb = {
  round: number;
  best: string | null;
  score: number;
  history: Float64Array;
  seen: readonly string[];
};

function climb<A>(
  { rounds, stepMs }: z.output<typeof options>,
  space: SearchSpace<A>,
  evaluator: Evaluator<A>,
  { streams }: SearchContext,
  saved?: State,
): Search<A> {
  const metric = evaluator.metrics[0];
  if (!metric || !space.mutate) {
    throw new ArcherError('ARCHER_CAPABILITY', 'toy-climb needs a metric and a mutating space', {
      exit: EXIT.manifest,
    });
  }
  let now: Climb = restore(saved, rounds);
  const better = (score: number): boolean => {
    if (now.best === null) return !Number.isNaN(score);
    return metric.direction === 'maximise' ? score >= now.score : score <= now.score;
  };

  const evaluate = async (architecture: A, signal: AbortSignal): Promise<Evaluation<A>> => {
    const proposal = { id: `climb-${now.round}`, architecture };
    const job = evaluator.start([proposal], { batches: 'all', streams });
    while (job.progress.done < job.progress.total) await job.step(signal);
    return job.evaluations()[0] as Evaluation<A>; // one proposal, one evaluation
  };
  const best = (): Evaluation<A>[] => {
    if (now.best === null) return [];
    const proposal = { id: 'climb-best', architecture: space.parse(now.best) };
    return [{ proposal, metrics: { [metric.name]: now.score }, cost: {}, status: 'final' }];
  };

  return {
    get state() {
      return { ...now, history: now.history.slice() };
    },
    get progress() {
      return { done: now.round, total: rounds, unit: 'round' } as const;
    },
    views: {
      scores: evaluator,
      get histories() {
        return [historyOf(space, metric, now)];
      },
    },
    incumbents: best,
    async step(signal) {
      signal.throwIfAborted();
      if (stepMs > 0) await wait(stepMs, undefined, { signal });
      const stream = streams.stream('toy-climb', now.round);
      const parent = now.best === null ? undefined : space.parse(now.best);
      const child = parent === undefined ? space.sample(stream) : space.mutate?.(parent, stream);
      const evaluation = await evaluate(child as A, signal);
      const score = evaluation.metrics[metric.name] ?? Number.NaN; // of a failure
      const kept = better(score) ? { best: space.format(child as A), score } : {};
      const history = now.history.slice();
      history[now.round] = score;
      const seen = [...now.seen, space.format(child as A)];
      now = { ...now, ...kept, history, seen, round: now.round + 1 };
      return { metrics: { score, best: now.score }, evaluations: [evaluation] };
    },
    async result() {
      return { best: best(), metrics: { [metric.name]: now.score } };
    },
  };
}

/** What has been evaluated; every evaluation costs an epoch. */
function historyOf<A>(space: SearchSpace<A>, metric: MetricSpec, climb: Climb): History<A> {
  return {
    arm: 'toy-climb',
    repeat: 0,
    objective: singleMetric(metric),
    length: climb.round,
    at(index) {
      const [text, value] = [climb.seen[index], climb.history[index]];
      if (text === undefined || value === undefined) throw new RangeError(`no evaluation ${index}`);
      const proposal = { id: `climb-${index}`, architecture: space.parse(text) };
      const cost = { epochs: 1 };
      return { proposal, metrics: { [metric.name]: value }, cost, status: 'final' };
    },
    paid: (index) => ({ epochs: index + 1 }),
  };
}

function restore(saved: State | undefined, rounds: number): Climb {
  if (saved === undefined) {
    return { round: 0, best: null, score: 0, history: new Float64Array(rounds), seen: [] };
  }
  const climb = saved as Climb;
  // A run that is extended has more rounds than it was saved with.
  const history = new Float64Array(rounds);
  history.set(climb.history.subarray(0, rounds));
  return { ...climb, history };
}
