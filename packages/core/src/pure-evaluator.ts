import type {
  Cost,
  Evaluation,
  EvaluationContext,
  Evaluator,
  MetricSpec,
  Metrics,
  Proposal,
} from './evaluation.ts';

/** What {@link pureEvaluator} needs to know. */
export interface PureEvaluatorOptions<A> {
  readonly metrics: readonly MetricSpec[];
  readonly description?: string;
  /** A function of its arguments alone: it is called again instead of being stored. */
  readonly measure: (
    architecture: A,
    context: EvaluationContext,
  ) => { readonly metrics: Metrics; readonly cost?: Cost };
  /** Proposals per step; default all. */
  readonly perStep?: number;
}

/**
 * An evaluator whose values can be computed at any time: a table, a formula, a random
 * number. Its jobs remember only how many proposals are done.
 */
export function pureEvaluator<A>(options: PureEvaluatorOptions<A>): Evaluator<A> {
  const { metrics, description, measure, perStep = Number.POSITIVE_INFINITY } = options;
  const evaluate = (proposal: Proposal<A>, context: EvaluationContext): Evaluation<A> => {
    const { metrics, cost = {} } = measure(proposal.architecture, context);
    return { proposal, metrics, cost, status: 'final' };
  };
  return {
    metrics,
    ...(description === undefined ? {} : { description }),
    lookUp: evaluate,
    start(proposals, context, saved) {
      let done = saved === undefined ? 0 : (saved as { done: number }).done;
      const between = (from: number, to: number): readonly Evaluation<A>[] =>
        proposals.slice(from, to).map((proposal) => evaluate(proposal, context));
      return {
        get state() {
          return { done };
        },
        get progress() {
          return { done, total: proposals.length, unit: 'evaluation' } as const;
        },
        evaluations: () => between(0, done),
        async step() {
          const from = done;
          done = Math.min(proposals.length, done + perStep);
          return { evaluations: between(from, done) };
        },
      };
    },
  };
}
