import {
  ArcherError,
  type Budget,
  type Cost,
  type Evaluation,
  type EvaluationContext,
  type EvaluationJob,
  type Evaluator,
  EXIT,
  type Proposal,
  type State,
} from '@archer-nas/core';

import { atEpochs, type TableColumn } from './columns.ts';
import { convolutions } from './notation.ts';
import type { Table } from './table.ts';

/**
 * Training seconds per image, 206 µs and 2.58 µs per million multiply-adds of the CIFAR-10
 * network: a least-squares line through the three official records that state them (0.195,
 * 0.289 and 0.498 ms at 11.7, 15.6 and 114.0 million; the line misses them by up to 21 %).
 */
const SECONDS = { perImage: 206e-6, perImageMac: 2.58e-12 };

const MACS = { base: 7_783_050, conv1x1: 3_932_160, conv3x3: 35_389_440 };

/** What the evaluator reads: a table, how to find an architecture in it, and the column. */
export interface TableView<A> {
  readonly table: Table;
  readonly columns: readonly TableColumn[];
  readonly column: TableColumn;
  /** The architecture string, as the table writes it. */
  readonly format: (a: A) => string;
}

/**
 * A column as an evaluator. Budgets are in epochs: 200, and 12 where the table has the shorter
 * training; none means the column's own. The metric has the column's name at every budget.
 */
export function tableEvaluator<A>(view: TableView<A>): Evaluator<A> {
  const { name, unit, direction } = view.column;
  return {
    metrics: [{ name, unit, direction }],
    description: `looked up in the table: ${view.column.description}`,
    start: (proposals, context, saved) => lookups(view, proposals, { context, saved }),
  };
}

/** All look-ups are one step; they are pure, so that a resumed job makes them again. */
function lookups<A>(
  view: TableView<A>,
  proposals: readonly Proposal<A>[],
  { context, saved }: { readonly context: EvaluationContext; readonly saved: State | undefined },
): EvaluationJob<A> {
  // Budgets are checked before the first look-up.
  const columns = proposals.map(({ budget = context.budget }) => columnFor(view, budget));
  const total = proposals.length;
  let done = saved === undefined ? 0 : (saved as { readonly done: number }).done;
  const evaluate = (): Evaluation<A>[] =>
    proposals.map((proposal, at) => lookUp(view, proposal, columns[at] ?? view.column));
  let evaluations = done === total ? evaluate() : [];
  return {
    get state() {
      return { done };
    },
    get progress() {
      return { done, total, unit: 'evaluation' as const };
    },
    async step() {
      evaluations = evaluate();
      done = total;
      return { evaluations };
    },
    evaluations: () => evaluations,
  };
}

function columnFor<A>({ columns, column }: TableView<A>, budget: Budget | undefined): TableColumn {
  if (budget === undefined || column.training === undefined) return column;
  const found = budget.unit === 'epoch' ? atEpochs(columns, column, budget.amount) : undefined;
  if (found !== undefined) return found;
  const epochs = [12, 200].filter((one) => atEpochs(columns, column, one) !== undefined);
  throw new ArcherError(
    'ARCHER_BENCH_BUDGET',
    `The table has "${column.name}" after ${epochs.join(' and ')} epochs, ` +
      `not after ${budget.amount} ${budget.unit}(s).`,
    { hint: `Ask for a budget of ${epochs.join(' or ')} epochs, or none.`, exit: EXIT.manifest },
  );
}

function lookUp<A>(
  { table, column, format }: TableView<A>,
  proposal: Proposal<A>,
  source: TableColumn,
): Evaluation<A> {
  const arch = format(proposal.architecture);
  const row = table.rowOf.get(arch);
  const value =
    row === undefined ? Number.NaN : (table.values.get(source.name)?.[row] ?? Number.NaN);
  const training = source.training;
  const common = {
    proposal,
    ...(training === undefined
      ? {}
      : { budget: { amount: training.epochs, unit: 'epoch' as const } }),
  };
  if (row === undefined || Number.isNaN(value)) {
    const reason = `the table has no ${source.name} of ${arch}`;
    return { ...common, metrics: {}, cost: {}, status: 'failed', reason };
  }
  const cost = simulatedCost(source, table.ops[row] ?? '');
  return { ...common, metrics: { [column.name]: value }, cost, status: 'final' };
}

/** What the training behind a value took: epochs, images, and seconds on the fitted line. */
function simulatedCost({ training }: TableColumn, ops: string): Cost {
  if (training === undefined) return {};
  const { conv1x1, conv3x3 } = convolutions(ops);
  const macs = MACS.base + MACS.conv1x1 * conv1x1 + MACS.conv3x3 * conv3x3;
  const images = training.epochs * training.imagesPerEpoch;
  const seconds = images * (SECONDS.perImage + SECONDS.perImageMac * macs);
  return { epochs: training.epochs, images, seconds };
}
