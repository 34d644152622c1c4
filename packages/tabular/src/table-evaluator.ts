import {
  ArcherError,
  type Budget,
  type Cost,
  type Evaluation,
  type EvaluationContext,
  type EvaluationJob,
  type Evaluator,
  EXIT,
  type MetricSpec,
  type Proposal,
  type State,
} from '@archer-nas/core';

import type { Table } from './table.ts';
import { atEpochs, type TableColumn } from './table-definition.ts';
import { timeModelOf } from './time-models.ts';

/** What an evaluator reads: a table, how to find an architecture in it, and columns. */
export interface TableView<A> {
  readonly table: Table;
  /** The columns that may be read. */
  readonly columns: readonly TableColumn[];
  readonly column: TableColumn;
  /** More metrics of every evaluation. */
  readonly also: readonly TableColumn[];
  /** Row of an architecture; -1: none. */
  readonly row: (a: A) => number;
  /** The architecture as the table writes it, for messages. */
  readonly format: (a: A) => string;
}

/** One fidelity: the column that is read, and what reading it stands for. */
interface Fidelity {
  readonly name: string;
  readonly values: Float64Array;
  readonly budget: Budget | undefined;
  readonly cost: (row: number) => Cost;
}

/**
 * A column as an evaluator. Budgets are in epochs, those of the column's series; none means the
 * column's own. The metric has the column's name at every budget. Further columns are metrics of
 * their own, left out where the table has no value; the cost is that of the first column's
 * training.
 */
export function tableEvaluator<A>(view: TableView<A>): Evaluator<A> {
  const { table, column, also } = view;
  const time = timeModelOf(table);
  const seconds = time && column.training ? `; seconds are ${time.kind}: ${time.description}` : '';
  const fidelityOf = fidelities(view);
  const lookUp = lookUps(view);
  const { hash } = table; // of the files that these columns are in
  return {
    metrics: [column, ...also].map(metricOf),
    description: `looked up in the table: ${column.description}${seconds}`,
    hash,
    recorded: true,
    lookUp: (proposal, context) => lookUp(proposal, fidelityOf(proposal.budget ?? context.budget)),
    start: (proposals, context, saved) =>
      lookUpJob({ proposals, context, saved }, fidelityOf, lookUp),
  };
}

function metricOf({ name, unit, direction }: TableColumn): MetricSpec {
  return { name, unit, direction };
}

/** All look-ups are one step; they are pure, so that a resumed job makes them again. */
function lookUpJob<A>(
  asked: {
    readonly proposals: readonly Proposal<A>[];
    readonly context: EvaluationContext;
    readonly saved: State | undefined;
  },
  fidelityOf: (budget: Budget | undefined) => Fidelity,
  lookUp: (proposal: Proposal<A>, fidelity: Fidelity) => Evaluation<A>,
): EvaluationJob<A> {
  const { proposals, context, saved } = asked;
  // Budgets are checked before the first look-up.
  const chosen = proposals.map(({ budget = context.budget }) => fidelityOf(budget));
  const total = proposals.length;
  let done = saved === undefined ? 0 : (saved as { readonly done: number }).done;
  const evaluate = (): Evaluation<A>[] =>
    proposals.map((proposal, at) => lookUp(proposal, chosen[at] as Fidelity));
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

/** The fidelity of a budget, each made once. @throws ArcherError `ARCHER_BENCH_BUDGET` */
function fidelities<A>(view: TableView<A>): (budget: Budget | undefined) => Fidelity {
  const { table, columns, column } = view;
  const own = fidelity(table, column);
  const byEpochs = new Map<number, Fidelity>();
  return (budget) => {
    if (budget === undefined || column.training === undefined) return own;
    const known = budget.unit === 'epoch' ? byEpochs.get(budget.amount) : undefined;
    if (known !== undefined) return known;
    const found = budget.unit === 'epoch' ? atEpochs(columns, column, budget.amount) : undefined;
    if (found === undefined) throw noBudget(columns, column, budget);
    const made = found === column ? own : fidelity(table, found);
    byEpochs.set(budget.amount, made);
    return made;
  };
}

function fidelity(table: Table, column: TableColumn): Fidelity {
  const { name, training } = column;
  const values = table.values(name);
  if (training === undefined) return { name, values, budget: undefined, cost: () => NOTHING };
  const { epochs, imagesPerEpoch } = training;
  const fixed = { epochs, images: epochs * imagesPerEpoch };
  const seconds = timeModelOf(table)?.of(table, column);
  const cost = (row: number): Cost => {
    const taken = seconds?.(row) ?? Number.NaN;
    return taken >= 0 ? { epochs, images: fixed.images, seconds: taken } : fixed;
  };
  // Searches ask for the same rows thousands of times.
  const costs: Cost[] = [];
  const remembered = (row: number): Cost => {
    costs[row] ??= cost(row);
    return costs[row];
  };
  return { name, values, budget: { amount: epochs, unit: 'epoch' }, cost: remembered };
}

const NOTHING: Cost = {};

function noBudget(
  columns: readonly TableColumn[],
  column: TableColumn,
  { amount, unit }: Budget,
): ArcherError {
  const series = column.training?.series;
  const epochs = columns
    .flatMap(({ training }) => (training?.series === series ? [training?.epochs ?? 0] : []))
    .sort((a, b) => a - b);
  const list = (word: string): string => epochs.join(` ${word} `);
  return new ArcherError(
    'ARCHER_BENCH_BUDGET',
    `The table has "${column.name}" after ${list('and')} epochs, not after ${amount} ${unit}(s).`,
    { hint: `Ask for a budget of ${list('or')} epochs, or none.`, exit: EXIT.manifest },
  );
}

/** One look-up: a row number, and one read per column. */
function lookUps<A>(
  view: TableView<A>,
): (proposal: Proposal<A>, fidelity: Fidelity) => Evaluation<A> {
  const { table, column, row: rowOf } = view;
  const metric = column.name;
  const extra = view.also.map(({ name }) => ({ name, values: table.values(name) }));
  return (proposal, { name, values, budget, cost }) => {
    const row = rowOf(proposal.architecture);
    const value = values[row];
    if (value === undefined || Number.isNaN(value)) {
      const reason = `the table has no ${name} of ${view.format(proposal.architecture)}`;
      return {
        proposal,
        ...(budget && { budget }),
        metrics: {},
        cost: {},
        status: 'failed',
        reason,
      };
    }
    const metrics: Record<string, number> = { [metric]: value };
    for (const one of extra) {
      const found = one.values[row];
      if (found !== undefined && !Number.isNaN(found)) metrics[one.name] = found;
    }
    const taken = cost(row);
    if (budget === undefined) return { proposal, metrics, cost: taken, status: 'final' };
    return { proposal, budget, metrics, cost: taken, status: 'final' };
  };
}
