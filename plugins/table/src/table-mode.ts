import {
  ArcherError,
  type Benchmark,
  type Cost,
  type Evaluation,
  type EvaluationContext,
  type EvaluationJob,
  type Evaluator,
  EXIT,
} from '@archer-nas/core';

/** How a table stands in for training. */
export interface TableModeOptions {
  /** More columns, each a metric of every evaluation. */
  readonly also: readonly string[];
  /** Epochs of proposals that state no budget; otherwise the column's own. */
  readonly budget?: number | undefined;
  /**
   * What an evaluation reports to have cost: all that the table has, epochs and images, or
   * seconds alone.
   */
  readonly cost: 'all' | 'epochs' | 'seconds';
}

/**
 * A benchmark's column as the evaluator of a search, with the cost that the training would have
 * had. A proposal's own budget goes before `budget`.
 *
 * @throws ArcherError when a column is not there or is withheld; when evaluating,
 * `ARCHER_BENCH_COST` where seconds are asked for and the benchmark has none
 */
export function tableMode<A>(
  benchmark: Benchmark<A>,
  { also, budget, cost }: TableModeOptions,
): Evaluator<A> {
  const inner = benchmark.evaluator(also);
  const { metrics, description, hash } = inner;
  const lookUp = inner.lookUp?.bind(inner);
  const contextOf = withBudget(budget);
  const priced = (evaluation: Evaluation<A>): Evaluation<A> =>
    cost === 'all' ? evaluation : { ...evaluation, cost: only(cost, evaluation, benchmark.name) };
  return {
    metrics,
    ...(description === undefined ? {} : { description }),
    ...(hash === undefined ? {} : { hash }),
    start: (proposals, context, saved) =>
      repriced(inner.start(proposals, contextOf(context), saved), priced),
    ...(lookUp && {
      lookUp: (proposal, context) => priced(lookUp(proposal, contextOf(context))),
    }),
  };
}

/** Adds the budget to a context that has none; the last answer is kept for the next look-up. */
function withBudget(epochs: number | undefined) {
  let from: EvaluationContext | undefined;
  let to: EvaluationContext | undefined;
  return (context: EvaluationContext): EvaluationContext => {
    if (epochs === undefined || context.budget !== undefined) return context;
    if (from === context && to !== undefined) return to;
    from = context;
    to = { ...context, budget: { amount: epochs, unit: 'epoch' } };
    return to;
  };
}

function repriced<A>(
  job: EvaluationJob<A>,
  priced: (evaluation: Evaluation<A>) => Evaluation<A>,
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
      return all === undefined ? report : { ...report, evaluations: all.map(priced) };
    },
    evaluations: () => job.evaluations().map(priced),
    dispose: () => job.dispose?.(),
  };
}

function only<A>(
  unit: 'epochs' | 'seconds',
  { cost: { seconds, ...others }, status }: Evaluation<A>,
  benchmark: string,
): Cost {
  if (unit === 'epochs') return others;
  if (seconds !== undefined) return { seconds };
  if (status !== 'final') return {};
  throw new ArcherError('ARCHER_BENCH_COST', `${benchmark} does not say how long trainings took.`, {
    hint: 'Leave out cost: seconds, or compare by cost: epochs.',
    exit: EXIT.manifest,
  });
}
