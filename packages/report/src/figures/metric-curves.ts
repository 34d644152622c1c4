import { isSearchStep, type JournalLine } from '@archer-nas/core';
import { type Chart, drawable, type Point, type Series, thinned } from '../chart/chart.ts';
import type { RunRecord } from '../record.ts';

/** A run, and what it is called in legends: `seed 0`. */
export interface NamedRun {
  readonly label: string;
  readonly record: RunRecord;
}

/** The values of a metric over a job's progress, or over epochs where only they have it. */
interface Curve {
  readonly axis: string;
  readonly points: readonly Point[];
}

/**
 * The curves of every metric that the searches report as they go. Metrics that share what is
 * before a slash, like `path-probability/none`, share a chart, one for each run; of others each
 * has a chart with a line for each run.
 */
export function metricCurves(runs: readonly NamedRun[]): Chart[] {
  const curves = runs.map((run) => ({ ...run, metrics: curvesOf(run.record.lines) }));
  const names = [...new Set(curves.flatMap(({ metrics }) => [...metrics.keys()]))];
  const groups = [...new Set(names.map(groupOf))];
  return groups.flatMap((group) => {
    const members = names.filter((name) => groupOf(name) === group);
    if (members.length === 1) return single(members[0] as string, curves);
    return curves.flatMap((run) => shared(group, members, run, runs.length > 1));
  });
}

interface RunCurves extends NamedRun {
  readonly metrics: ReadonlyMap<string, Curve>;
}

function single(metric: string, runs: readonly RunCurves[]): Chart[] {
  const found = runs.flatMap(({ label, metrics }) => {
    const curve = metrics.get(metric);
    return curve === undefined ? [] : [{ label, curve }];
  });
  const axis = found[0]?.curve.axis ?? 'step';
  const series = found.map(({ label, curve }) => ({ name: label, points: curve.points }));
  return chartOf({ name: metric, title: metric, axis, series });
}

function shared(group: string, members: readonly string[], run: RunCurves, many: boolean): Chart[] {
  const series = members.flatMap((member): Series[] => {
    const curve = run.metrics.get(member);
    return curve === undefined
      ? []
      : [{ name: member.slice(group.length + 1), points: curve.points }];
  });
  const axis = run.metrics.get(members.find((m) => run.metrics.has(m)) ?? '')?.axis ?? 'step';
  const title = many ? `${group}, ${run.label}` : group;
  return chartOf({ name: title, title, axis, series });
}

interface Draft {
  readonly name: string;
  readonly title: string;
  readonly axis: string;
  readonly series: readonly Series[];
}

function chartOf({ name, title, axis, series }: Draft): Chart[] {
  const thin = series.map((one) => ({ ...one, points: thinned(one.points) }));
  const isThinned = thin.some(({ points }, i) => points !== series[i]?.points);
  const spread = isThinned
    ? '. Points are means of several steps, the band spans their values'
    : '';
  const summary = `By ${axis}${ends(series)}${spread}.`;
  const x = { title: axis };
  const chart = drawable({
    ...{ name: `search-${name}`, title, summary, kind: 'lines', x },
    ...{ y: { title: name }, series: thin },
  });
  return chart === undefined || chart.series.every(({ points }) => points.length < 2)
    ? []
    : [chart];
}

/** `, from 2.30 to 0.51` of a single series. */
function ends([first, ...others]: readonly Series[]): string {
  const { points } = first ?? { points: [] };
  if (others.length > 0) return '';
  const short = (point: Point | undefined): string => String(Number(point?.y.toPrecision(3)));
  return `, from ${short(points[0])} to ${short(points.at(-1))}`;
}

const groupOf = (metric: string): string =>
  metric.includes('/') ? metric.slice(0, metric.lastIndexOf('/')) : metric;

/** Every metric of the search's steps; `epoch` is an axis, no curve. */
function curvesOf(lines: readonly JournalLine[]): Map<string, Curve> {
  const steps = lines.filter(isSearchStep);
  const found = new Map<string, { at: Point[]; epoch: Point[] }>();
  for (const { at = 0, body } of steps) {
    const { metrics } = (body ?? {}) as { readonly metrics?: Readonly<Record<string, unknown>> };
    const epoch = metrics?.epoch;
    for (const [name, y] of Object.entries(metrics ?? {})) {
      if (name === 'epoch' || typeof y !== 'number') continue;
      const curve = found.get(name) ?? { at: [], epoch: [] };
      curve.at.push({ x: at, y });
      if (typeof epoch === 'number') curve.epoch.push({ x: epoch, y });
      found.set(name, curve);
    }
  }
  const unit = steps.every(({ at }, i) => at === i + 1) ? 'step' : 'progress';
  return new Map(
    [...found].map(([name, { at, epoch }]): [string, Curve] => {
      const byEpoch = epoch.length === at.length;
      return [name, { axis: byEpoch ? 'epoch' : unit, points: byEpoch ? epoch : at }];
    }),
  );
}
