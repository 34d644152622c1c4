import type { Benchmark, Report, SearchSpace } from '@archer-nas/core';

/** What {@link trajectory} looks at. */
export interface TrajectoryOptions<A> {
  readonly space: SearchSpace<A>;
  /** Says how good an architecture is when it is trained alone; absent: operations alone. */
  readonly truth?: Benchmark<A> | undefined;
  /** The architecture of each epoch, from the first. */
  readonly architectures: readonly A[];
  /** The architecture that the search ends with; a selection may end with another than the last. */
  readonly found?: A | undefined;
}

/**
 * How good the architectures are that a search would have ended with after each epoch, and how
 * often each of them has every operation.
 */
export function trajectory<A>(options: TrajectoryOptions<A>): Report {
  const { space, truth, architectures, found } = options;
  const end =
    truth && found !== undefined ? { [`found-${truth.column.name}`]: truth.value(found) } : {};
  if (architectures.length === 0) {
    const notes = ['This search learns no architecture per epoch, so there is no trajectory.'];
    return { metrics: end, notes };
  }
  const operations = optionNames(space);
  const counts = architectures.map((a) => operationCounts(space, a, operations));
  const last = counts.at(-1) ?? [];
  const known = truth === undefined ? undefined : valuesBy(truth, architectures);
  return {
    metrics: {
      ...known?.metrics,
      ...end,
      ...Object.fromEntries(operations.map((name, i) => [`final-${name}`, last[i] ?? 0])),
    },
    tables: {
      trajectory: {
        title: `The architecture of each epoch${known === undefined ? '' : `, ${known.title}`}`,
        columns: ['epoch', ...(known?.columns ?? []), ...operations, 'architecture'],
        rows: architectures.map((a, epoch) => [
          epoch + 1,
          ...(known === undefined ? [] : [known.values[epoch] ?? null]),
          ...(counts[epoch] ?? []),
          space.format(a),
        ]),
        ...(known && { notes: known.notes }),
      },
    },
  };
}

function valuesBy<A>(truth: Benchmark<A>, architectures: readonly A[]) {
  const { column, name } = truth;
  const values = architectures.map((a) => truth.value(a));
  const better = (a: number, b: number) => (column.direction === 'maximise' ? a > b : a < b);
  const best = values.reduce((found, v) => (better(v, found) ? v : found), values[0] ?? Number.NaN);
  return {
    values,
    metrics: {
      [`final-${column.name}`]: values.at(-1) ?? Number.NaN,
      [`best-${column.name}`]: best,
    },
    title: `${column.name} of ${name}`,
    columns: [column.name],
    notes: [`${column.name}: ${column.description} (${column.unit}).`],
  };
}

/** The names of all options of the space's decisions, each once. */
function optionNames(space: SearchSpace<unknown>): string[] {
  return [...new Set((space.decisions ?? []).flatMap(({ options = [] }) => options))];
}

/** How many decisions of an architecture have each of the options. */
function operationCounts<A>(space: SearchSpace<A>, a: A, names: readonly string[]): number[] {
  const chosen = (space.toChoices?.(a) ?? []).map((choice, decision) => {
    return space.decisions?.[decision]?.options?.[choice];
  });
  return names.map((name) => chosen.filter((option) => option === name).length);
}
