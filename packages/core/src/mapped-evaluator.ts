import type { Evaluation, EvaluationContext, EvaluationJob, Evaluator } from './evaluation.ts';

/** What {@link mappedEvaluator} changes. */
export interface EvaluatorMapping<A> {
  /** Of every evaluation that comes out. Pure. */
  readonly evaluation: (evaluation: Evaluation<A>) => Evaluation<A>;
  /** Of what goes in; as it is unless stated. */
  readonly context?: (context: EvaluationContext) => EvaluationContext;
}

/** An evaluator with other evaluations: with other costs, or more metrics. */
export function mappedEvaluator<A>(
  inner: Evaluator<A>,
  { evaluation: map, context: contextOf = (context) => context }: EvaluatorMapping<A>,
): Evaluator<A> {
  const lookUp = inner.lookUp?.bind(inner);
  return {
    metrics: inner.metrics,
    ...(inner.description === undefined ? {} : { description: inner.description }),
    ...(inner.hash === undefined ? {} : { hash: inner.hash }),
    ...(inner.recorded === undefined ? {} : { recorded: inner.recorded }),
    start: (proposals, context, saved) =>
      mappedJob(inner.start(proposals, contextOf(context), saved), map),
    ...(lookUp && {
      lookUp: (proposal, context) => map(lookUp(proposal, contextOf(context))),
    }),
  };
}

function mappedJob<A>(
  job: EvaluationJob<A>,
  map: (evaluation: Evaluation<A>) => Evaluation<A>,
): EvaluationJob<A> {
  return {
    get state() {
      return job.state;
    },
    get progress() {
      return job.progress;
    },
    async step(signal) {
      const { evaluations, ...report } = await job.step(signal);
      const all = evaluations as readonly Evaluation<A>[] | undefined; // they are this job's
      return all === undefined ? report : { ...report, evaluations: all.map(map) };
    },
    evaluations: () => job.evaluations().map(map),
    dispose: () => job.dispose?.(),
  };
}
