import type { Column } from '@archer-nas/core';

/** The training behind an accuracy. */
export interface Training {
  readonly epochs: number;
  /** Training images of one epoch. */
  readonly imagesPerEpoch: number;
  /** Columns that differ only in their epochs, the fidelities of one quantity, share a series. */
  readonly series: string;
}

/** A column of a table with what is known of how it was measured. */
export interface TableColumn extends Column {
  /** Absent where nothing was trained: costs, latencies, scores at initialisation. */
  readonly training?: Training;
  /** The header name in the file, where it is not the column's own name. */
  readonly field?: string;
  /** In a file with `per`: the value that the lines of this column have there. */
  readonly where?: string;
  /** Inclusive bounds; 0 to 100 for `%`, from 0 on for costs, any number otherwise. */
  readonly range?: readonly [number, number];
}

/** A content that is known, whatever its file is called. */
export interface KnownContent {
  /** Of the CSV text, however it was compressed. */
  readonly sha256: string;
  readonly name: string;
}

/** One file of a benchmark: CSV with a header line and without quoting, gzipped or not. */
export interface FileDefinition {
  /** Its name in the benchmark's folder, e.g. `nb201.csv.gz`. */
  readonly file: string;
  /** Header names that say which architecture a line is about. */
  readonly keys: readonly string[];
  /**
   * The architecture as the space writes it (see `keyedBy`), from the fields under `keys`, once
   * they were seen to be consistent.
   *
   * @throws RowProblem saying what is wrong; the reader adds file and line
   */
  key(fields: readonly string[]): string;
  /** Every column that such a file may have. A file may have fewer. */
  readonly columns: readonly TableColumn[];
  /**
   * A header name, such as `dataset`, in a file with several lines per architecture: a column
   * is read from the lines that have its `where` in this field. Of several names, `where` has the
   * fields' values with a space between.
   */
  readonly per?: string | readonly string[];
  readonly known: readonly KnownContent[];
  /** The fields under `keys` of every architecture, for tables with made-up values. */
  all?(): readonly (readonly string[])[];
}

/** What is wrong with a line of a table; `key` functions throw it. */
export class RowProblem extends Error {}

/** A public file of which `archer data fetch` makes a benchmark's table. */
export interface PublicTable {
  readonly url: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Repository and commit, and the licence; both are printed before the download. */
  readonly source: string;
  readonly licence: string;
  /** Whether text begins as the public file does. */
  recognises(text: string): boolean;
  /** The same in the layout of the benchmark's first file. @throws ArcherError by line */
  convert(text: string): string;
}

/** What evaluations took, in seconds. */
export interface TimeModel {
  /** Columns that it reads; where one is not in the table, the next model is tried. */
  readonly needs?: readonly string[];
  /** Read from the table, or computed by a formula. Evaluators say which. */
  readonly kind: 'recorded' | 'simulated';
  /** Where the seconds come from and how far off they may be. */
  readonly description: string;
  /**
   * Called once per table and column.
   *
   * @returns seconds of the training behind `column` of the architecture in a row; NaN where
   * they are not known
   */
  of(table: TableRows, column: TableColumn): (row: number) => number;
}

/** A tabular benchmark, as data. */
export interface TableDefinition {
  /** Its name in `archer data fetch`; the plugin is `bench-<id>`. */
  readonly id: string;
  /** Its folder in the data folder; the id unless stated. */
  readonly folder?: string;
  /** As in the literature: `NAS-Bench-201`. */
  readonly name: string;
  /** Whom to cite, and the licence of the measurements. */
  readonly source: string;
  /** How many architectures the benchmark has; no file has more. */
  readonly architectures: number;
  /**
   * What keys are: architectures as the space's `format` writes them, or, where many encodings
   * are one network, what its `canonical` gives; `format` unless stated. A function makes a key of
   * the notation: for tables that several spaces with forms of their own are looked up in.
   */
  readonly keyedBy?: 'format' | 'canonical' | ((notation: string) => string);
  /** The table; then files with more columns, each of which may be absent. */
  readonly files: readonly [FileDefinition, ...FileDefinition[]];
  /** What a training took; of several models the first whose columns are in the table. */
  readonly time?: TimeModel | readonly TimeModel[];
  /**
   * The published table has test accuracies and none to search on: the plugin has an option
   * `permit: test-column`, which counts for tables without validation accuracies.
   */
  readonly testOnly?: boolean;
  /** How the authors' own files, which are pickles, become CSV: a command. */
  readonly convert?: string;
  readonly publicTable?: PublicTable;
}

/** Rows and values of a table in memory. */
export interface TableRows {
  /** Architectures of the first file. */
  readonly rows: number;
  /** Row of a key (see `keyedBy`); -1 where the table has none. */
  rowOf(key: string): number;
  /** The key of a row. */
  key(row: number): string;
  /**
   * A column's values by row; NaN where the file says that none is available. May be shorter
   * than the rows there are. Reads the column's file when first asked for.
   *
   * @throws ArcherError `ARCHER_DATA_MISSING`, `ARCHER_DATA_CORRUPT` or `ARCHER_BENCH_COLUMN`
   */
  values(column: string): Float64Array;
}

/** The column that differs from `column` only in its epochs; undefined where there is none. */
export function atEpochs(
  columns: readonly TableColumn[],
  column: TableColumn,
  epochs: number,
): TableColumn | undefined {
  const series = column.training?.series;
  return columns.find(({ training }) => training?.series === series && training?.epochs === epochs);
}
