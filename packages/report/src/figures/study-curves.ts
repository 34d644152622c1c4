import { type Chart, drawable } from '../chart/chart.ts';
import type { StudyAnswer } from '../record.ts';
import type { NamedRun } from './metric-curves.ts';

/**
 * The metrics of studies that were asked several times during the search, like the eigenvalues
 * of a Hessian, over the search's progress: a chart for each, with a line for each run.
 */
export function studyCurves(runs: readonly NamedRun[]): Chart[] {
  const answers = runs.map(({ label, record }) => ({ label, byStudy: repeated(record) }));
  const keys = [...new Set(answers.flatMap(({ byStudy }) => [...byStudy.keys()]))];
  return keys.flatMap((key) => {
    const asked = answers.map(({ label, byStudy }) => ({ label, list: byStudy.get(key) ?? [] }));
    const names = new Set(
      asked.flatMap(({ list }) => list.flatMap(({ metrics }) => Object.keys(metrics))),
    );
    return [...names].flatMap((metric) => curve(key, metric, asked));
  });
}

function repeated({ result }: NamedRun['record']): Map<string, StudyAnswer[]> {
  const found = new Map<string, StudyAnswer[]>();
  for (const answer of result?.studies ?? []) {
    const key = `${answer.id}.${answer.index}`;
    found.set(key, [...(found.get(key) ?? []), answer]);
  }
  return new Map([...found].filter(([, list]) => list.length > 1));
}

interface Asked {
  readonly label: string;
  readonly list: readonly StudyAnswer[];
}

function curve(study: string, metric: string, asked: readonly Asked[]): Chart[] {
  const series = asked.map(({ label, list }) => ({
    name: label,
    points: list
      .flatMap(({ searchAt, metrics }) => {
        const y = metrics[metric];
        return y === undefined ? [] : [{ x: searchAt, y }];
      })
      .sort((a, b) => a.x - b.x),
  }));
  const times = Math.max(...series.map(({ points }) => points.length));
  const chart = drawable({
    name: `${study}-${metric}`,
    title: `${metric} (${study})`,
    summary: `Asked ${times} times during the search.`,
    kind: 'lines',
    x: { title: 'progress of the search' },
    y: { title: metric },
    series,
  });
  return chart === undefined ? [] : [chart];
}
