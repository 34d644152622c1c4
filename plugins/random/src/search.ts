import {
  ArcherError,
  type Evaluation,
  type EvaluationContext,
  type EvaluationJob,
  type Evaluator,
  EXIT,
  type MetricSpec,
  type Phase,
  type Proposal,
  pureEvaluator,
  type Report,
  type SamplerRecipe,
  type Search,
  type SearchContext,
  type SearchSpace,
  type State,
  singleMetric,
} from '@archer-nas/core';
import { bestOf, winningValue } from './incumbent.ts';
import { loadEvaluation, loadProposal, saveEvaluation, saveProposal } from './saved.ts';

/** What an ask-and-tell search is made of. */
export interface SearchParts<A> {
  readonly space: SearchSpace<A>;
  readonly evaluator: Evaluator<A>;
  readonly sampler: SamplerRecipe;
  /** Images that the evaluator scores on; absent where the manifest has no data. */
  readonly images?: EvaluationContext['images'];
}

/** See the plugin `search`. */
export interface SearchOptions {
  /** How many architectures may be evaluated. */
  readonly evaluations: number;
  /** How many are proposed at a time. */
  readonly batch: number;
  /** The metric that counts; default the evaluator's first. */
  readonly metric?: string | undefined;
  readonly batches: 'all' | number;
}

/**
 * The ask-and-tell loop: the sampler proposes a batch, the evaluator works through it, one
 * step of its job per step, the sampler observes. Ends with the budget or the sampler's 'done'.
 */
export function beginSearch<A>(
  parts: SearchParts<A>,
  options: SearchOptions,
  { streams }: SearchContext,
  saved?: State,
): Search<A> {
  const { space, evaluator } = parts;
  const metric = metricOf(evaluator, options.metric);
  const restored = saved as Saved | undefined;
  const objective = singleMetric(metric);
  const sampler = parts.sampler.begin<A>({ space, metric, objective }, restored?.sampler);
  const context: EvaluationContext = {
    batches: options.batches,
    streams: streams.scope('evaluate'),
    ...(parts.images ? { images: parts.images } : {}),
  };

  let evaluations = (restored?.evaluations ?? []).map((one) => loadEvaluation(space, one));
  let done = restored?.done ?? false;
  let asked = restored?.asked ?? 0;
  let batch: readonly Proposal<A>[] = [];
  let job: EvaluationJob<A> | undefined;
  if (restored?.batch) {
    batch = restored.batch.proposals.map((one) => loadProposal(space, one));
    job = evaluator.start(batch, context, restored.batch.job);
  }

  const ask = (): void => {
    const n = Math.min(options.batch, options.evaluations - evaluations.length);
    const answer = sampler.propose(n, streams.stream('propose', asked));
    asked += 1;
    if (answer === 'wait') throw stuck(evaluations.length);
    done = answer === 'done';
    batch = answer === 'done' ? [] : answer;
    job = answer === 'done' ? undefined : evaluator.start(batch, context);
  };
  /** Hands a finished batch to the sampler and asks for the next. */
  const tell = (finished: EvaluationJob<A>): void => {
    const fresh = finished.evaluations();
    sampler.observe(fresh);
    evaluations = [...evaluations, ...fresh];
    finished.dispose?.();
    job = undefined;
    if (evaluations.length < options.evaluations) ask();
  };
  // Always a batch ahead, so that a step is only the evaluator's: it can be abandoned.
  if (!restored) ask();
  const best = (): Evaluation<A> | undefined => bestOf(evaluations, metric, (a) => space.id(a));

  return {
    get state(): State {
      const open = job && { proposals: batch.map((p) => saveProposal(space, p)), job: job.state };
      const state: Saved = {
        sampler: sampler.state,
        evaluations: evaluations.map((one) => saveEvaluation(space, one)),
        batch: open ?? null,
        asked,
        done,
      };
      return state as unknown as State;
    },
    get progress() {
      const { evaluations: limit = options.evaluations } = parts.sampler;
      const total = done ? evaluations.length : Math.min(limit, options.evaluations);
      return { done: evaluations.length, total, unit: 'evaluation' } as const;
    },
    /** All evaluations are alike, but a step may be a small part of one. */
    get phases(): readonly Phase[] {
      if (batch.length === 0) return [];
      const sample = async () => evaluator.start(batch, context);
      return [{ name: 'evaluation', share: this.progress.total / batch.length, sample }];
    },
    views: { scores: opinion(space, streams) },
    incumbents: () => [best() ?? []].flat(),
    async step(signal): Promise<Report> {
      const report = (await job?.step(signal)) ?? {};
      if (job && job.progress.done >= job.progress.total) tell(job);
      const value = winningValue(best(), metric);
      return { ...report, metrics: value === undefined ? {} : { [`best-${metric.name}`]: value } };
    },
    async result() {
      const found = best();
      return { best: found ? [found] : [], metrics: found?.metrics ?? {} };
    },
    dispose: () => job?.dispose?.(),
  };
}

/** Everything that changes: {@link beginSearch}. */
interface Saved {
  readonly sampler: State;
  readonly evaluations: readonly State[];
  readonly batch: { readonly proposals: readonly State[]; readonly job: State } | null;
  readonly asked: number;
  readonly done: boolean;
}

/**
 * A search without a model has no opinion of architectures that it has not seen: its scores
 * are random, one per architecture, so that a ranking study shows what chance does.
 */
function opinion<A>(space: SearchSpace<A>, streams: SearchContext['streams']): Evaluator<A> {
  const scope = streams.scope('opinion');
  return pureEvaluator<A>({
    metrics: [{ name: 'random-score', unit: '1', direction: 'maximise' }],
    description: 'a random number for every architecture',
    measure: (a) => ({ metrics: { 'random-score': scope.stream(space.id(a)).float() } }),
  });
}

function metricOf(evaluator: Evaluator<unknown>, name: string | undefined): MetricSpec {
  const names = evaluator.metrics.map((one) => one.name);
  const metric = evaluator.metrics[name === undefined ? 0 : names.indexOf(name)];
  if (metric) return metric;
  throw new ArcherError(
    'ARCHER_METRIC',
    `search: the evaluator does not measure '${name ?? ''}', only ${names.join(', ') || 'nothing'}`,
    { exit: EXIT.manifest },
  );
}

function stuck(evaluated: number): ArcherError {
  return new ArcherError(
    'ARCHER_SEARCH_STUCK',
    `The sampler waits after ${evaluated} evaluations, though none is outstanding.`,
  );
}
