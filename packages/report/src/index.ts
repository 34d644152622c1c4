export * from './comparison.ts';
export * from './flat-metrics.ts';
export { toJson } from './number-text.ts';
export * from './record.ts';
export * from './run-report.ts';
export * from './run-report-text.ts';
export * from './seed-summary.ts';
export { formatTable, type TextOptions } from './table-text.ts';
export * from './verdict.ts';
