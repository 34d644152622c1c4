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
  const value = truth && found !== undefined ? tableValue(truth, found) : undefined;
  const end = truth && value !== undefined ? { [`found-${truth.column.name}`]: value } : {};
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

/** What the table says of each architecture; of a sample, it may not have all of them. */
function valuesBy<A>(truth: Benchmark<A>, architectures: readonly A[]) {
  const { column, name } = truth;
  const values = architectures.map((a) => tableValue(truth, a));
  const found = values.filter((value) => value !== undefined);
  const best = column.direction === 'maximise' ? Math.max(...found) : Math.min(...found);
  const last = values.at(-1);
  const missing = values.length - found.length;
  return {
    values,
    metrics: {
      ...(last !== undefined && { [`final-${column.name}`]: last }),
      ...(found.length > 0 && { [`best-${column.name}`]: best }),
      ...(missing > 0 && { 'epochs-in-table': found.length }),
    },
    title: `${column.name} of ${name}`,
    columns: [column.name],
    notes: [
      `${column.name}: ${column.description} (${column.unit}).`,
      ...(missing === 0
        ? []
        : [
            `${missing} of ${values.length} epochs have an architecture that is not in the table` +
              (found.length > 0 ? '; best is among the others.' : '.'),
          ]),
    ],
  };
}

/** `undefined` where the table has none. */
function tableValue<A>(truth: Benchmark<A>, a: A): number | undefined {
  return truth.has?.(a) === false ? undefined : truth.value(a);
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
