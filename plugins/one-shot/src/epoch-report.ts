import type { Report } from '@archer-nas/core';

/** What the parts of a training tell at the end of an epoch. */
interface PartReports {
  readonly paths: Report;
  readonly batches: Report;
  readonly gradients: Report;
}

/** All of it, and the metrics of the training itself. */
export function epochReport(
  own: Report['metrics'],
  { paths, batches, gradients }: PartReports,
): Report {
  return {
    ...paths,
    ...batches,
    metrics: { ...own, ...batches.metrics, ...paths.metrics, ...gradients.metrics },
    tables: { ...paths.tables, ...batches.tables, ...gradients.tables },
    notes: [...(paths.notes ?? []), ...(batches.notes ?? []), ...(gradients.notes ?? [])],
  };
}
