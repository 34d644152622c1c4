import { type Benchmark, definePlugin } from '@archer-nas/core';
import { z } from 'zod';

import { tableMode } from './table-mode.ts';

const options = z.strictObject({
  also: z
    .array(z.string().min(1))
    .default([])
    .describe('More columns, each a metric of every evaluation: costs, latencies, scores.'),
  budget: z
    .int()
    .positive()
    .optional()
    .describe("Training epochs of proposals that state none; otherwise the column's own."),
  cost: z
    .enum(['all', 'epochs', 'seconds'])
    .default('all')
    .describe('Which simulated cost comes with an evaluation: what the table has, or one unit.'),
});

const plugin = definePlugin({
  id: 'table',
  kind: 'evaluator',
  summary: 'Looks architectures up in a tabular benchmark; costs are simulated.',
  options,
  requires: ['space'],
  parts: { benchmark: { kind: 'benchmark' } },
  create: (chosen, { parts }) => tableMode(parts.benchmark as Benchmark<unknown>, chosen),
});

export default plugin;
export { type TableModeOptions, tableMode } from './table-mode.ts';
