import type { Summary } from '@archer-nas/core';
import type { Point } from '../chart/chart.ts';

/** The ends of the interval of a mean over seeds; of one seed there is none. */
export function bounds({ n, low, high }: Summary): Pick<Point, 'low' | 'high'> {
  return n > 1 ? { low, high } : {};
}

/** What a value is of: `mean and 95 % interval over 5 seeds`. */
export function spreadOver(seeds: number): string {
  return seeds > 1 ? `mean and 95 % interval over ${seeds} seeds` : 'one seed';
}

/** The name of a metric as part of a file's. */
export function fileStem(name: string): string {
  return name.replace(/[^a-zA-Z0-9_-]+/g, '-');
}
