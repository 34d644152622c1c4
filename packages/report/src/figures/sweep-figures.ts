import { type Chart, drawable, type Point, type Series } from '../chart/chart.ts';
import { metricKey } from '../named-metric.ts';
import type { RunRecord } from '../record.ts';
import { type SeedSummary, summariseSeeds } from '../seed-summary.ts';
import type { SweepEntry } from '../sweep-table.ts';
import { bounds, fileStem, spreadOver } from './over-seeds.ts';

/**
 * A chart per metric of a sweep: mean and 95 % t-interval over seeds at each point. Points that
 * are one word with different numbers (`candidates-2`, `candidates-3`) lie along an axis of that
 * word, others side by side.
 *
 * @param metrics only these, as {@link metricKey} reads them; all when absent
 */
export function sweepFigures(
  entries: readonly SweepEntry[],
  metrics?: readonly string[],
): readonly Chart[] {
  const of = entries.map(({ point, records }) => ({ point, metrics: summariseSeeds(records) }));
  const runs: readonly RunRecord[] = entries.flatMap(({ records }) => records);
  const all = [...new Set(of.flatMap((entry) => [...entry.metrics.keys()]))];
  const keys = metrics?.map((name) => metricKey(name, runs)) ?? all;
  return keys.flatMap((key) => {
    const found = of.flatMap(({ point, metrics: summaries }): Measured[] => {
      const summary = summaries.get(key);
      return summary === undefined ? [] : [{ point, summary }];
    });
    return drawable(chartOf(key, found)) ?? [];
  });
}

interface Measured {
  readonly point: string;
  readonly summary: SeedSummary;
}

function chartOf(key: string, measured: readonly Measured[]): Chart {
  const name = `sweep-${fileStem(key)}`;
  const seeds = Math.max(...measured.map(({ summary }) => summary.n));
  const summary = `${key} at ${measured.length} points, ${spreadOver(seeds)}.`;
  const head = { name, title: key, summary };
  const word = commonWord(measured.map(({ point }) => point));
  if (word === undefined) {
    const series = measured.map(({ point, summary }): Series => {
      return { name: point, points: [{ x: summary.mean, y: 0, ...bounds(summary) }] };
    });
    return { ...head, kind: 'intervals', x: { title: key }, y: { title: '' }, series };
  }
  const points = measured
    .map(({ point, summary }): Point => {
      return { x: numberOf(point), y: summary.mean, ...bounds(summary) };
    })
    .sort((a, b) => a.x - b.x);
  const series = [{ name: key, points }];
  return { ...head, kind: 'lines', x: { title: word }, y: { title: key }, series };
}

const NUMBERED = /^([a-z]+(?:-[a-z]+)*)-(\d+)$/;

/** The word before the numbers of all names, where that is all in which they differ. */
function commonWord(names: readonly string[]): string | undefined {
  const words = new Set(names.map((name) => NUMBERED.exec(name)?.[1]));
  const [word] = words;
  return words.size === 1 ? word : undefined;
}

function numberOf(name: string): number {
  return Number(NUMBERED.exec(name)?.[2]);
}
