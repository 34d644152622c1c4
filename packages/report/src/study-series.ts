import { type Summary, summarise } from '@archer-nas/core';
import { epochColumn } from './epoch-column.ts';
import type { RunRecord, StudyAnswer } from './record.ts';
import type { Group } from './seed-comparison.ts';

/** A metric that a study measured again and again, or for each epoch, over the course of the search. */
export interface StudySeries {
  readonly metric: string;
  /** What the points are counted in. */
  readonly unit: 'epoch' | 'step';
  readonly points: readonly {
    readonly at: number;
    /** Per experiment over its seeds; without a value where none was measured. */
    readonly summaries: readonly Summary[];
  }[];
}

/**
 * The course of a metric in each experiment, by epoch where the journals tell at which step an
 * epoch ended; or that of a column of tables by epoch. `undefined` where no run has measured it
 * more than once.
 */
export function seriesOf(metric: string, groups: readonly Group[]): StudySeries | undefined {
  return measured(metric, groups) ?? tabled(metric, groups);
}

function tabled(metric: string, groups: readonly Group[]): StudySeries | undefined {
  const courses = groups.map(({ runs }) =>
    runs.flatMap((run) => {
      const found = epochColumn(run, metric);
      return found.status === 'one' ? [found.values] : [];
    }),
  );
  const epochs = timesOf(courses.flat());
  if (epochs.length < 2) return undefined;
  return { metric, unit: 'epoch', points: epochs.map((at) => pointAt(at, at, courses)) };
}

function measured(metric: string, groups: readonly Group[]): StudySeries | undefined {
  const courses = groups.map(({ runs }) => runs.map((run) => courseOf(metric, run)));
  const all = courses.flat();
  if (!all.some(({ size }) => size > 1)) return undefined;
  const epochs = groups.flatMap(({ runs }) => runs.map(epochEnds));
  const steps = timesOf(all);
  const epochOf = (step: number) => onlyValue(epochs.map((ends) => ends.get(step)));
  const isByEpoch = steps.every((step) => epochOf(step) !== undefined);
  return {
    metric,
    unit: isByEpoch ? 'epoch' : 'step',
    points: steps.map((step) => pointAt(isByEpoch ? (epochOf(step) ?? step) : step, step, courses)),
  };
}

type Course = ReadonlyMap<number, number>;

function timesOf(courses: readonly Course[]): readonly number[] {
  return [...new Set(courses.flatMap((course) => [...course.keys()]))].sort((a, b) => a - b);
}

/** What the experiments have at `time`, over their seeds. */
function pointAt(at: number, time: number, courses: readonly (readonly Course[])[]) {
  const over = (runs: readonly Course[]) => summarise(runs.flatMap((run) => run.get(time) ?? []));
  return { at, summaries: courses.map(over) };
}

/** The values by the progress of the search. */
function courseOf(metric: string, { result }: RunRecord): Course {
  const isMeant = ({ id, index }: StudyAnswer, name: string): boolean =>
    name === metric || `${id}.${index}/${name}` === metric;
  return new Map(
    (result?.studies ?? []).flatMap((answer) =>
      Object.entries(answer.metrics)
        .filter(([name]) => isMeant(answer, name))
        .map(([, value]): [number, number] => [answer.searchAt, value]),
    ),
  );
}

/** Epochs by the step that ended them, as the search's own metrics have it. */
function epochEnds({ lines }: RunRecord): Course {
  const ends = new Map<number, number>();
  for (const { kind, job, at, body } of lines) {
    if (kind !== 'science' || job !== 'search' || at === undefined) continue;
    const { metrics } = (body ?? {}) as { readonly metrics?: { readonly epoch?: unknown } };
    if (typeof metrics?.epoch === 'number') ends.set(at, metrics.epoch);
  }
  return ends;
}

/** The value that all of those that have one agree on. */
function onlyValue(values: readonly (number | undefined)[]): number | undefined {
  const different = new Set(values.filter((value) => value !== undefined));
  return different.size === 1 ? [...different][0] : undefined;
}
