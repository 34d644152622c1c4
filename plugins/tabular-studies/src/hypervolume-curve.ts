import {
  ArcherError,
  type Evaluation,
  type Evaluator,
  EXIT,
  type History,
  hypervolume,
  igd,
  logHypervolumeDifference,
  type Metrics,
  normalisePoints,
  type Objective,
  ParetoArchive,
  type Report,
  type SearchSpace,
  type Streams,
  summarise,
} from '@archer-nas/core';
import { budgetsOf } from './budgets.ts';
import type { Axis } from './trajectory.ts';

/** What the hypervolume study looks at. */
export interface HypervolumeQuestion<A> {
  readonly histories: readonly History<A>[];
  readonly space: SearchSpace<A>;
  readonly evaluator: Evaluator<A> | undefined;
  readonly streams: Streams;
  readonly axis: Axis;
  readonly at: readonly number[] | undefined;
  /** Corner of the best values, by metric. */
  readonly ideal: Metrics;
  /** Corner from which volume is measured. */
  readonly reference: Metrics;
}

/**
 * Hypervolume of the front at each budget, on the scale 0 (ideal) to 1 (reference); as a
 * share of the space's own front and as log10 of what is missing, where the space is a table.
 *
 * @throws ArcherError when a corner lacks a metric of the objective
 */
export function hypervolumeCurve<A>(question: HypervolumeQuestion<A>): Report {
  const { histories, axis, space } = question;
  const [first] = histories;
  if (first === undefined) throw problem('the search keeps no history');
  const scale = scaleOf(first.objective, question);
  const budgets = budgetsOf(histories, axis, question.at);
  const best = frontOfSpace(question, first.objective);
  const bestPoints = best && scale(best);
  const bestVolume = bestPoints && volumeOf(bestPoints);
  const arms = new Map<string, number[][][][]>();
  for (const history of histories) {
    const fronts = frontsAt(history, budgets, axis).map(scale);
    arms.set(history.arm, [...(arms.get(history.arm) ?? []), fronts]);
  }
  const rows = [...arms].flatMap(([arm, runs]) =>
    budgets.map((budget, i) => {
      const fronts = runs.map((run) => run[i] ?? []);
      const volumes = summarise(fronts.map(volumeOf));
      const volume = volumes.mean;
      const share = (value: number) => (bestVolume === undefined ? undefined : value / bestVolume);
      const ratio = share(volume);
      const bounds = { low: share(volumes.low), high: share(volumes.high) };
      const far = bestPoints && summarise(fronts.map((front) => igd(front, bestPoints))).mean;
      const last = i === budgets.length - 1;
      return { arm, budget, runs: runs.length, volume, ratio, ...bounds, far, last };
    }),
  );
  return {
    metrics: Object.assign({}, ...rows.map(metricsOf)),
    tables: {
      hypervolume: {
        title: 'Hypervolume of the front',
        columns: ['arm', axis, 'runs', 'hypervolume', 'share of the best', 'log10 missing', 'IGD'],
        rows: rows.map(({ arm, budget, runs, volume, ratio, far }) => [
          arm,
          budget,
          runs,
          volume,
          ratio ?? null,
          bestVolume === undefined ? null : finite(logHypervolumeDifference(volume, bestVolume)),
          far === undefined ? null : finite(far),
        ]),
        notes: notesOf(question, first.objective, bestVolume, best?.length, space.name),
      },
    },
  };
}

/** Metrics to minimised points between 0 and 1. */
function scaleOf(
  { metrics }: Objective,
  { ideal, reference }: Pick<HypervolumeQuestion<unknown>, 'ideal' | 'reference'>,
): (front: readonly Evaluation<unknown>[]) => number[][] {
  const pointOf = (values: Metrics, what: string): number[] =>
    metrics.map(({ name, direction }) => {
      const value = values[name];
      if (value === undefined) throw problem(`the ${what} has no ${name}`);
      return direction === 'minimise' ? value : -value;
    });
  const corners = [pointOf(ideal, 'ideal'), pointOf(reference, 'reference')] as const;
  return (front) => {
    const points = front.map((one) => pointOf(one.metrics, 'evaluation'));
    return normalisePoints(points, ...corners);
  };
}

function volumeOf(points: readonly (readonly number[])[]): number {
  const dimensions = points[0]?.length;
  return dimensions === undefined ? 0 : hypervolume(points, new Array(dimensions).fill(1));
}

function frontsAt<A>(
  history: History<A>,
  budgets: readonly number[],
  axis: Axis,
): readonly (readonly Evaluation<A>[])[] {
  const archive = new ParetoArchive<A>(history.objective);
  let next = 0;
  return budgets.map((budget) => {
    for (; next < history.length; next++) {
      const spent = axis === 'evaluations' ? next + 1 : (history.paid(next)[axis] ?? 0);
      if (spent > budget) break;
      archive.add(history.at(next));
    }
    return archive.front;
  });
}

/** The front of all architectures, where values can be looked up. */
function frontOfSpace<A>(
  { space, evaluator, streams }: HypervolumeQuestion<A>,
  objective: Objective,
): readonly Evaluation<A>[] | undefined {
  const lookUp = evaluator?.lookUp?.bind(evaluator);
  if (!lookUp || !space.all || space.size === undefined || space.size > 1_000_000n)
    return undefined;
  const archive = new ParetoArchive<A>(objective);
  for (const architecture of space.all()) {
    const seen = lookUp({ id: 'all', architecture }, { batches: 'all', streams });
    const metrics = { ...space.costs?.of(architecture), ...seen.metrics };
    archive.add({ ...seen, metrics });
  }
  return archive.front;
}

interface Row {
  readonly arm: string;
  readonly budget: number;
  readonly volume: number;
  readonly ratio: number | undefined;
  /** Of the 95 % t-interval of the ratio. */
  readonly low: number | undefined;
  readonly high: number | undefined;
  readonly last: boolean;
}

function metricsOf({ arm, budget, volume, ratio, low, high, last }: Row): Record<string, number> {
  const values = { hypervolume: volume, ratio, 'ratio-low': low, 'ratio-high': high };
  const at = (name: string): string => name.replace(/^[a-z]+/, `$&-at-${budget}`);
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]): [string, number][] => {
      if (value === undefined || Number.isNaN(value)) return [];
      return [
        [`${arm}/${at(name)}`, value],
        ...(last ? [[`${arm}/${name}`, value] as const] : []),
      ] as [string, number][];
    }),
  );
}

function notesOf<A>(
  { ideal, reference }: HypervolumeQuestion<A>,
  { metrics }: Objective,
  bestVolume: number | undefined,
  size: number | undefined,
  space: string,
): string[] {
  const corner = (values: Metrics): string =>
    metrics.map(({ name }) => `${name} ${values[name]}`).join(', ');
  return [
    `Scaled to 0 at the ideal (${corner(ideal)}) and 1 at the reference (${corner(reference)}).`,
    bestVolume === undefined
      ? `The best front of ${space} is not known: it cannot be listed or is not looked up.`
      : `The best front of ${space} has ${size} points and hypervolume ${bestVolume.toFixed(5)}.`,
  ];
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function problem(what: string): ArcherError {
  return new ArcherError('ARCHER_HYPERVOLUME', `hypervolume: ${what}.`, {
    hint: 'Give ideal and reference a value for each metric of the objective.',
    exit: EXIT.manifest,
  });
}
