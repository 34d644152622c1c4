import { type Benchmark, type Report, type SearchSpace, summarise } from '@archer-nas/core';

/** What {@link equalLatency} looks at. */
export interface LatencyQuestion<A> {
  readonly space: SearchSpace<A>;
  /** Its column is the accuracy; the devices are columns, too. */
  readonly table: Benchmark<A>;
  /** Those that were found, best first. */
  readonly found: readonly A[];
  /** What they are compared with. */
  readonly architectures: readonly A[];
  readonly devices: readonly string[];
  /** Latencies count as equal up to this share. */
  readonly within: number;
}

type Row = [device: string, latency: number, accuracy: number, ...others: number[]];

const COLUMNS = [
  ...['device', 'latency', 'found', 'n', 'mean at equal', 'std', 'gain', 'better than'],
  ...['best no slower', 'short of it'],
];

/**
 * Accuracy at equal latency, PC-NAS's comparison with MobileNetV2, on every device: the best that
 * was found beside all architectures whose latency there is the same up to a share of it, and beside
 * the best of those that are no slower.
 */
export function equalLatency<A>(question: LatencyQuestion<A>): Report {
  const { devices, table, within } = question;
  const rows = devices.map((device) => rowOf(question, device));
  return {
    // Where nothing was found there are no numbers.
    metrics: question.found.length === 0 ? {} : metricsOf(rows),
    tables: {
      'equal-latency': {
        title: `${table.column.name} at equal latency`,
        columns: COLUMNS,
        rows,
        notes: [
          `Latencies are equal within ${100 * within} %; "mean at equal", "std" and "better than" are ` +
            'of the n architectures there, the found one among them.',
          `${table.name}: ${table.column.description}`,
        ],
      },
    },
  };
}

function rowOf<A>(
  { space, table, found: [best], architectures, within }: LatencyQuestion<A>,
  device: string,
): Row {
  if (best === undefined) return [device, ...COLUMNS.slice(1).map(() => Number.NaN)] as Row;
  const sign = table.column.direction === 'minimise' ? -1 : 1;
  const latency = table.value(best, device);
  const accuracy = table.value(best);
  const id = space.id(best);
  const others = architectures.filter((a) => space.id(a) !== id);
  const known = [best, ...others].map((a) => [table.value(a, device), table.value(a)] as const);
  const equal = known.filter(([time]) => Math.abs(time - latency) <= within * latency);
  const accuracies = equal.map(([, value]) => value);
  const { mean: average, std } = summarise(accuracies);
  const beaten = accuracies.filter((value) => sign * (accuracy - value) > 0).length;
  const bound = known
    .filter(([time]) => time <= latency)
    .reduce((most, [, value]) => Math.max(most, sign * value), Number.NEGATIVE_INFINITY);
  return [
    ...[device, latency, accuracy, equal.length, average, std],
    ...[sign * (accuracy - average), beaten / Math.max(1, equal.length - 1)],
    ...[sign * bound, bound - sign * accuracy],
  ] as Row;
}

function metricsOf(rows: readonly Row[]): Record<string, number> {
  const mean = (at: number) => summarise(rows.map((row) => row[at] as number)).mean;
  return {
    'equal-latency-gain': mean(COLUMNS.indexOf('gain')),
    'equal-latency-shortfall': mean(COLUMNS.indexOf('short of it')),
    ...Object.fromEntries(rows.map((row) => [`gain/${row[0]}`, row[6] as number])),
  };
}
