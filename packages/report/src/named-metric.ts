import { findMetric } from './flat-metrics.ts';
import type { RunRecord } from './record.ts';

/** The key of a metric; its own name where no run has one like it. */
export function metricKey(name: string, records: readonly RunRecord[]): string {
  for (const record of records) {
    const found = findMetric(record, name);
    if (found.status === 'one') return found.key;
  }
  return name;
}

/** What is to be said of names that stand for no metric of the finished runs, or for several. */
export function wrongNames(names: readonly string[], records: readonly RunRecord[]): string[] {
  const finished = records.filter(({ result }) => result !== undefined);
  if (finished.length === 0) return [];
  return names.flatMap((name) => {
    const found = finished.map((record) => findMetric(record, name));
    if (found.some(({ status }) => status === 'one')) return [];
    const several = found.find((one) => one.status === 'ambiguous');
    return several === undefined ? unknownMetric(name) : ambiguousMetric(name, several.keys);
  });
}

/** What is said of a name that no metric has. */
export function unknownMetric(name: string): string {
  return `No finished run has the metric "${name}".`;
}

/** What is said of a name that several metrics end with. */
export function ambiguousMetric(name: string, keys: readonly string[]): string {
  return `"${name}" may be any of ${keys.join(', ')}.`;
}
