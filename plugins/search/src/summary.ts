import type { Table } from '@archer-nas/core';

/** What the repetitions of an arm ended with. */
export interface ArmResults {
  readonly name: string;
  /** The metrics of each repetition's result. */
  readonly results: readonly Readonly<Record<string, number>>[];
}

interface Summary {
  readonly arm: string;
  readonly metric: string;
  /** Repetitions that have the metric. */
  readonly n: number;
  readonly mean: number;
  /** With n - 1; 0 for one repetition. */
  readonly std: number;
}

function summaries(arms: readonly ArmResults[]): readonly Summary[] {
  return arms.flatMap(({ name, results }) => {
    const metrics = [...new Set(results.flatMap((result) => Object.keys(result)))];
    return metrics.map((metric) => {
      const values = results.map((result) => result[metric]).filter((one) => one !== undefined);
      return { arm: name, metric, ...momentsOf(values) };
    });
  });
}

function momentsOf(values: readonly number[]): Pick<Summary, 'n' | 'mean' | 'std'> {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { n, mean, std: n > 1 ? Math.sqrt(squares / (n - 1)) : 0 };
}

/** `<arm>/<metric>`: the mean, and `<arm>/<metric>/std`. */
export function summaryMetrics(arms: readonly ArmResults[]): Readonly<Record<string, number>> {
  const entries = summaries(arms).flatMap(({ arm, metric, mean, std }) => [
    [`${arm}/${metric}`, mean] as const,
    [`${arm}/${metric}/std`, std] as const,
  ]);
  return Object.fromEntries(entries);
}

/** A row per arm and metric of the best. */
export function summaryTable(arms: readonly ArmResults[], times: number): Table {
  const rows = summaries(arms).map(({ arm, metric, n, mean, std }) => [arm, metric, n, mean, std]);
  return {
    title: `The best found, over ${times} independent repetitions`,
    columns: ['arm', 'metric', 'n', 'mean', 'std'],
    rows,
  };
}
