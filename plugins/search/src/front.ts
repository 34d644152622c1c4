import type { Evaluation, Objective, SearchSpace, Table } from '@archer-nas/core';

/** The metrics of the one best; of a front its size and the best value of each metric. */
export function resultMetrics(
  { metrics }: Objective,
  best: readonly Evaluation<unknown>[],
): Readonly<Record<string, number>> {
  if (metrics.length === 1) return best[0]?.metrics ?? {};
  const values = metrics.map(({ name, direction }) => {
    const all = best.map((one) => one.metrics[name] as number); // incumbents have them
    return [
      `best-${name}`,
      direction === 'maximise' ? Math.max(...all) : Math.min(...all),
    ] as const;
  });
  const known = best.length > 0 ? Object.fromEntries(values) : {};
  return { 'front-size': best.length, ...known };
}

/** The front, the best of the first metric first. */
export function frontTable<A>(
  { metrics }: Objective,
  front: readonly Evaluation<A>[],
  space: SearchSpace<A>,
): Table {
  const rows = front.map(({ proposal, metrics: values }) => [
    space.format(proposal.architecture),
    ...metrics.map(({ name }) => values[name] as number), // incumbents have them
  ]);
  const sign = metrics[0]?.direction === 'maximise' ? -1 : 1;
  rows.sort((a, b) => sign * ((a[1] as number) - (b[1] as number)));
  return {
    title: 'Front: no evaluated architecture is better in one metric and no worse in the others',
    columns: ['architecture', ...metrics.map(({ name, unit }) => `${name} (${unit})`)],
    rows,
  };
}
