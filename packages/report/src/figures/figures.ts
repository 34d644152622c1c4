import type { Chart } from '../chart/chart.ts';
import type { RunRecord } from '../record.ts';
import { runReport } from '../run-report.ts';
import { frontFigure } from './front-figure.ts';
import { metricCurves, type NamedRun } from './metric-curves.ts';
import { fileStem } from './over-seeds.ts';
import { decisionFigures, stepTableFigures } from './step-tables.ts';
import { studyCurves } from './study-curves.ts';
import { tableFigures } from './table-figures.ts';

/** The charts of an experiment's runs, by what they are about. */
export interface Figures {
  readonly fronts: readonly Chart[];
  /** What the search reports as it goes. */
  readonly search: readonly Chart[];
  readonly studies: readonly Chart[];
  /** Of each run that tells how probable the options of its decisions are: a chart per decision. */
  readonly decisions: readonly RunCharts[];
}

/** Charts of one run. */
export interface RunCharts {
  readonly label: string;
  readonly charts: readonly Chart[];
}

export type { NamedRun };

/** Every chart that the runs have data for, of all runs together where one chart has room. */
export function figures(runs: readonly NamedRun[]): Figures {
  return {
    fronts: frontFigure(runs),
    search: uniquelyNamed([...metricCurves(runs), ...stepTableFigures(runs)]),
    studies: uniquelyNamed([...ofTables(runs), ...studyCurves(runs)]),
    decisions: runs
      .map((run) => ({ label: run.label, charts: uniquelyNamed(decisionFigures(run)) }))
      .filter(({ charts }) => charts.length > 0),
  };
}

/** Charts of tables. Those of one series are one chart, of the same name, for all runs. */
function ofTables(runs: readonly NamedRun[]): Chart[] {
  const found = runs.flatMap(({ label, record }) => {
    return runReport(record)
      .jobs.flatMap(tableFigures)
      .map((chart) => ({ label, chart }));
  });
  if (runs.length < 2) return found.map(({ chart }) => chart);
  const names = [...new Set(found.map(({ chart }) => chart.name))];
  return names.flatMap((name) => {
    const same = found.filter(({ chart }) => chart.name === name);
    const [first] = same as [(typeof same)[number]];
    const isShared = same.every(({ chart }) => chart.kind === 'lines' && chart.series.length === 1);
    if (!isShared) {
      return same.map(({ label, chart }) => ({ ...chart, title: `${chart.title}, ${label}` }));
    }
    const series = same.map(({ label, chart }) => ({
      name: label,
      points: chart.series[0]?.points ?? [],
    }));
    return [{ ...first.chart, series }];
  });
}

/** Runs of one experiment under the names of their seeds. */
export function seedsOf(records: readonly RunRecord[]): NamedRun[] {
  return records.map((record, i) => ({
    label: `seed ${record.seed ?? i}`,
    record,
  }));
}

function uniquelyNamed(charts: readonly Chart[]): Chart[] {
  const taken = new Set<string>();
  return charts.map((chart) => {
    const stem = fileStem(chart.name).slice(0, 80);
    let name = stem;
    for (let n = 2; taken.has(name.toLowerCase()); n++) name = `${stem}-${n}`;
    taken.add(name.toLowerCase());
    return { ...chart, name };
  });
}
