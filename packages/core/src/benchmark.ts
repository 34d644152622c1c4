import type { Evaluator, MetricSpec } from './evaluation.ts';

/** A column of a table of trained architectures. */
export interface Column extends MetricSpec {
  /** `test` columns can be a study's truth but never a search's metric. */
  readonly split: 'train' | 'valid' | 'test' | 'cost';
  readonly description: string;
}

/** A table of architectures that somebody trained. What a plugin of kind `benchmark` creates. */
export interface Benchmark<A> {
  readonly name: string;
  readonly columns: readonly Column[];
  /** The column that the block names, or the benchmark's default. */
  readonly column: Column;
  /** Where it was read from, its hash, licence; for reports and fingerprints. */
  readonly description: string;
  readonly hash: string;
  /** Whether the table has a value, where it may hold a sample alone; absent: it has all. */
  has?(a: A, column?: string): boolean;
  /** @throws ArcherError when the column or the architecture is not in the table */
  value(a: A, column?: string): number;
  /**
   * The table as an evaluator of `column`.
   *
   * @param columns more metrics of every evaluation: costs, latencies, other accuracies
   * @throws ArcherError when a column is not there or withheld
   */
  evaluator(columns?: readonly string[]): Evaluator<A>;
}

/** A benchmark's column, or an evaluator as it is. */
export function asEvaluator<A>(truth: Benchmark<A> | Evaluator<A>): Evaluator<A> {
  return 'evaluator' in truth ? truth.evaluator() : truth;
}
