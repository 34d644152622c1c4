export { type BenchmarkUse, tableBenchmark } from './benchmark.ts';
export { type CsvLimits, type ParsedFile, parseCsv, rangeOf } from './csv.ts';
export { corrupt, missing } from './data-errors.ts';
export { type DownloadOptions, download } from './download.ts';
export { type FetchedTable, type FetchTableOptions, fetchTable } from './fetch-table.ts';
export { type ImportedTable, type ImportTableOptions, importTable } from './import-table.ts';
export { madeUpCsv, madeUpTable, madeUpValue } from './made-up.ts';
export { type TablePlugin, tablePlugin } from './plugin.ts';
export { rowFinder, type TableSpace } from './row-finder.ts';
export { createTable, openTable, type Table, type TableSource } from './table.ts';
export {
  atEpochs,
  type FileDefinition,
  type KnownContent,
  type PublicTable,
  RowProblem,
  type TableColumn,
  type TableDefinition,
  type TableRows,
  type TimeModel,
  type Training,
} from './table-definition.ts';
export { type TableView, tableEvaluator } from './table-evaluator.ts';
export {
  candidates,
  decodeFile,
  type FileContent,
  readTableFile,
  type TablePlaces,
  tablePath,
} from './table-file.ts';
export { recordedTime, timeModelOf } from './time-models.ts';
export { writeWhole } from './write-whole.ts';
export { zeroCostColumns } from './zero-cost.ts';
