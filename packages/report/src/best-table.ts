import type { Table } from '@archer-nas/core';
import type { BestArchitecture } from './record.ts';

/** Architectures with the metrics that any of them has. */
export function bestTable(best: readonly BestArchitecture[]): Table {
  const names = [...new Set(best.flatMap(({ metrics }) => Object.keys(metrics)))];
  return {
    title: 'Best architectures',
    columns: ['architecture', ...names],
    rows: best.map(({ architecture, metrics }) => [
      architecture,
      ...names.map((name) => metrics[name] ?? null),
    ]),
  };
}
