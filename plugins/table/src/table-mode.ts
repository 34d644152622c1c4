import {
  ArcherError,
  type Benchmark,
  type Cost,
  type Evaluation,
  type EvaluationContext,
  type Evaluator,
  EXIT,
  mappedEvaluator,
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
  const priced = (evaluation: Evaluation<A>): Evaluation<A> =>
    cost === 'all' ? evaluation : { ...evaluation, cost: only(cost, evaluation, benchmark.name) };
  return mappedEvaluator(benchmark.evaluator(also), {
    evaluation: priced,
    context: withBudget(budget),
  });
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
