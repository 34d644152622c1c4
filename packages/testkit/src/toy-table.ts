import {
  ArcherError,
  type Benchmark,
  type Column,
  definePlugin,
  EXIT,
  pureEvaluator,
} from '@archer-nas/core';
import { z } from 'zod';
import type { Bits } from './toy-bits.ts';

const COLUMNS: readonly Column[] = [
  {
    name: 'valid_ones',
    unit: 'bits',
    direction: 'maximise',
    split: 'valid',
    description: 'number of ones',
  },
  {
    name: 'test_ones',
    unit: 'bits',
    direction: 'maximise',
    split: 'test',
    description: 'number of ones, half a bit more where the first one is set',
  },
];

/** A table of bit strings, whose test column orders ties of the other. */
export const toyTable = definePlugin({
  id: 'toy-table',
  kind: 'benchmark',
  summary: 'A made-up table of bit strings, for tests.',
  options: z.strictObject({
    column: z
      .enum(['valid_ones', 'test_ones'])
      .default('valid_ones')
      .describe('the column that is looked up'),
  }),
  requires: ['space'],
  create: ({ column }, { purpose }) => toyBenchmark(column, purpose === 'study'),
});

function toyBenchmark(chosen: string, permitted: boolean): Benchmark<Bits> {
  const find = (name: string): Column => {
    const column = COLUMNS.find((one) => one.name === name);
    if (!column) throw refusal('ARCHER_BENCH_COLUMN', `has no column '${name}'`);
    if (column.split !== 'test' || permitted) return column;
    throw refusal('ARCHER_TEST_WITHHELD', `shows a search no '${name}'`);
  };
  const column = find(chosen);
  const value = (a: Bits, name = column.name): number => {
    const ones = a.reduce((sum, bit) => sum + bit, 0);
    return find(name).split === 'test' ? ones + (a[0] ?? 0) / 2 : ones;
  };
  return {
    name: 'Toy',
    columns: COLUMNS,
    column,
    description: 'made up',
    hash: 'toy-table',
    value,
    evaluator(more = []) {
      const metrics = [column, ...more.map(find)];
      return pureEvaluator<Bits>({
        metrics,
        measure: (a) => ({
          metrics: Object.fromEntries(metrics.map(({ name }) => [name, value(a, name)])),
          cost: { seconds: 10 },
        }),
      });
    },
  };
}

function refusal(code: `ARCHER_${string}`, what: string): ArcherError {
  return new ArcherError(code, `toy-table ${what}`, { exit: EXIT.manifest });
}
