import { type Chart, drawable } from '../chart/chart.ts';
import type { NamedRun } from './metric-curves.ts';

/**
 * The fronts that searches of several objectives ended with: the first metric over the second,
 * of each run. Nothing for searches of one objective.
 */
export function frontFigure(runs: readonly NamedRun[]): Chart[] {
  const [y, x] = objectivesOf(runs);
  if (x === undefined || y === undefined) return [];
  const series = runs.map(({ label, record }) => ({
    name: label,
    points: (record.result?.search.best ?? [])
      .flatMap(({ metrics }) => {
        const [a, b] = [metrics[x], metrics[y]];
        return a === undefined || b === undefined ? [] : [{ x: a, y: b }];
      })
      .sort((a, b) => a.x - b.x),
  }));
  const sizes = series.map(({ points }) => points.length).join(', ');
  const chart = drawable({
    ...{ name: 'front', title: `The front: ${y} against ${x}`, kind: 'points' },
    summary: `${sizes} architectures of which none is better in both ${y} and ${x}.`,
    ...{ x: { title: x }, y: { title: y }, series },
  });
  return chart === undefined ? [] : [chart];
}

/** The metrics in the manifest's order of objectives, or in that of the result. */
function objectivesOf(runs: readonly NamedRun[]): readonly string[] {
  const best = runs.map(({ record }) => record.result?.search.best ?? []);
  if (best.every((list) => list.length < 2)) return [];
  const known = Object.keys(best.find((list) => list.length > 1)?.[0]?.metrics ?? {});
  const asked = runs[0]?.record.manifest?.objective?.metrics;
  const names = Array.isArray(asked) ? asked.filter((name) => known.includes(String(name))) : [];
  return names.length > 1 ? names.map(String) : known;
}
