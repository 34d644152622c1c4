import {
  ArcherError,
  type Benchmark,
  type Evaluator,
  EXIT,
  type History,
  type Report,
  randomSearchExpectation,
  type SearchSpace,
  type Streams,
  type Summary,
  summarise,
} from '@archer-nas/core';
import { budgetsOf } from './budgets.ts';
import { pairedTable } from './paired.ts';
import { type Axis, incumbentAt, type Path, pathsByArm } from './trajectory.ts';

/** What the regret study looks at. */
export interface RegretQuestion<A> {
  readonly histories: readonly History<A>[];
  readonly truth: Benchmark<A>;
  readonly space: SearchSpace<A>;
  /** What the searches asked; with its `lookUp` the random baseline is exact. */
  readonly evaluator: Evaluator<A> | undefined;
  readonly streams: Streams;
  readonly axis: Axis;
  readonly at: readonly number[] | undefined;
}

/** The truth of every repetition's incumbent, by arm and budget. */
interface Curve {
  readonly arm: string;
  /** One list per budget; a repetition without an incumbent has none. */
  readonly values: readonly (readonly number[])[];
}

/**
 * How good, by the truth, is what a search would have returned at each budget: mean, spread,
 * interval and regret per arm; exact random search beside them; paired tests at the last
 * budget.
 *
 * @throws ArcherError `ARCHER_NO_HISTORY` when the searches evaluated nothing
 */
export function regret<A>(question: RegretQuestion<A>): Report {
  const { histories, truth, axis } = question;
  if (histories.length === 0 || histories.some(({ length }) => length === 0)) throw nothing();
  const budgets = budgetsOf(histories, axis, question.at);
  const arms = pathsByArm(histories);
  const curves = [...arms].map(([arm, paths]) => curveOf(arm, paths, budgets, question));
  const table = tableOfTruth(question);
  const random = table && axis === 'evaluations' ? expectation(table, budgets) : undefined;
  const best = table && bestOf(truth, table.truth);
  const rows = curves.flatMap((curve) => rowsOf(curve, budgets, best, truth));
  return {
    metrics: Object.assign(
      {},
      ...rows.map((row) => row.metrics),
      ...(random?.map((row) => row.metrics) ?? []),
      best === undefined ? {} : { 'best-of-space': best },
    ),
    tables: {
      regret: {
        title: `${truth.column.name} of what the search would return`,
        columns: ['arm', axis, 'runs', 'mean', 'std', '95 % interval', 'regret'],
        rows: [...rows.map((row) => row.cells), ...(random?.map((row) => row.cells) ?? [])],
        notes: notesOf(question, best, random !== undefined),
      },
      ...pairedTable(arms, { truth, axis, budget: budgets.at(-1) ?? 0 }),
    },
  };
}

function curveOf<A>(
  arm: string,
  paths: readonly Path<A>[],
  budgets: readonly number[],
  { truth, axis }: RegretQuestion<A>,
): Curve {
  const at = (budget: number): number[] =>
    paths.flatMap(({ changes }) => {
      const found = incumbentAt(changes, budget, axis);
      return found === undefined ? [] : [truth.value(found.proposal.architecture)];
    });
  return { arm, values: budgets.map(at) };
}

interface Row {
  readonly cells: (string | number | null)[];
  readonly metrics: Readonly<Record<string, number>>;
}

function rowsOf(
  { arm, values }: Curve,
  budgets: readonly number[],
  best: number | undefined,
  truth: Benchmark<unknown>,
): Row[] {
  return budgets.flatMap((budget, i): Row[] => {
    const list = values[i] ?? [];
    if (list.length === 0) return [];
    const { n, mean, std, low, high }: Summary = summarise(list);
    const lost = best === undefined ? null : difference(truth, best, mean);
    const last = i === budgets.length - 1;
    const named = { mean, ...(n > 1 ? { std } : {}), ...(lost === null ? {} : { regret: lost }) };
    const bounds = n > 1 ? { 'mean-low': low, 'mean-high': high } : {};
    const interval = n > 1 ? `${low.toFixed(3)} to ${high.toFixed(3)}` : null;
    const cells = [arm, budget, n, mean, n > 1 ? std : null, interval, lost];
    return [{ cells, metrics: metricsOf(arm, budget, last, { ...named, ...bounds }) }];
  });
}

/** `arm/mean-low` at the last budget, `arm/mean-at-50-low` at every. */
function metricsOf(
  arm: string,
  budget: number,
  last: boolean,
  values: Readonly<Record<string, number>>,
): Record<string, number> {
  const entries = Object.entries(values);
  const at = (name: string): string => name.replace(/^[a-z]+/, `$&-at-${budget}`);
  return Object.fromEntries([
    ...(last ? entries.map(([name, value]) => [`${arm}/${name}`, value]) : []),
    ...entries.map(([name, value]) => [`${arm}/${at(name)}`, value]),
  ]);
}

/** Reward and truth of every architecture of the space. */
interface TruthTable {
  readonly rewards: Float64Array;
  readonly truth: Float64Array;
}

/** Absent where the space cannot be listed, the evaluator computes, or there is no one reward. */
function tableOfTruth<A>({
  histories,
  truth,
  space,
  evaluator,
  streams,
}: RegretQuestion<A>): TruthTable | undefined {
  const { scalar, constraints } = (histories[0] as History<A>).objective;
  // Under limits a search may end without a result, which the closed form does not know.
  if (constraints.length > 0) return undefined;
  const lookUp = evaluator?.lookUp?.bind(evaluator);
  if (!scalar || !lookUp || space.size === undefined || !space.all) return undefined;
  if (space.size > MOST_ARCHITECTURES) return undefined;
  const rewards: number[] = [];
  const values: number[] = [];
  for (const architecture of space.all()) {
    const proposal = { id: 'all', architecture };
    const { metrics } = lookUp(proposal, { batches: 'all', streams });
    rewards.push(scalar({ ...space.costs?.of(architecture), ...metrics }));
    values.push(truth.value(architecture));
  }
  return { rewards: Float64Array.from(rewards), truth: Float64Array.from(values) };
}

const MOST_ARCHITECTURES = 1_000_000n;

function expectation(table: TruthTable, budgets: readonly number[]): Row[] {
  return budgets.map((budget, i) => {
    const { mean, std } = randomSearchExpectation(table.rewards, table.truth, budget);
    const cells = ['random search (exact)', budget, null, mean, std, null, null];
    const last = i === budgets.length - 1;
    return { cells, metrics: metricsOf('random-exact', budget, last, { mean, std }) };
  });
}

function bestOf(truth: Benchmark<unknown>, values: Float64Array): number {
  const better = truth.column.direction === 'maximise' ? Math.max : Math.min;
  return values.reduce((best, value) => better(best, value));
}

function difference(truth: Benchmark<unknown>, best: number, mean: number): number {
  return truth.column.direction === 'maximise' ? best - mean : mean - best;
}

function notesOf<A>(
  { truth, evaluator }: RegretQuestion<A>,
  best: number | undefined,
  exact: boolean,
): string[] {
  return [
    `${truth.name}: ${truth.description}`,
    ...(evaluator?.description ? [`The searches saw: ${evaluator.description}.`] : []),
    best === undefined
      ? 'No regret: the space cannot be listed, or the search had several objectives.'
      : `Regret: to the best of the space, ${best.toFixed(4)}.`,
    exact
      ? 'Exact random search: expectation and spread over all sequences of uniform draws with replacement.'
      : 'No exact random baseline here; add random search as an arm.',
  ];
}

function nothing(): ArcherError {
  return new ArcherError('ARCHER_NO_HISTORY', 'regret: the search has evaluated nothing.', {
    hint: 'The study needs a strategy that keeps histories, like search or repeat.',
    exit: EXIT.manifest,
  });
}
