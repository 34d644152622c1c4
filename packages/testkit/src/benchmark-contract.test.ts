import { type Benchmark, pureEvaluator } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { benchmarkChecks } from './benchmark-contract.ts';
import { createPart } from './parts.ts';
import { broken } from './testing/broken.ts';
import { type Bits, bitSpace } from './toy-bits.ts';

const metric = { name: 'valid_ones', unit: 'bits', direction: 'maximise' } as const;
let calls = 0;

const MISTAKES: readonly (readonly [string, Partial<Benchmark<Bits>>, string])[] = [
  [
    'a value per call',
    { value: () => calls++ },
    'gives the same value every time, that of its evaluator',
  ],
  [
    'an evaluator of another column',
    {
      evaluator: () =>
        pureEvaluator<Bits>({
          metrics: [metric],
          measure: () => ({ metrics: { valid_ones: 99 } }),
        }),
    },
    'gives the same value every time, that of its evaluator',
  ],
  ['no error for a column', { value: () => 1 }, 'refuses a column that is not there'],
  [
    'test columns for a search',
    {
      evaluator: () => pureEvaluator<Bits>({ metrics: [metric], measure: () => ({ metrics: {} }) }),
    },
    'gives a search no test column',
  ],
  ['a column twice', { columns: [] }, 'has its column among its columns, each once'],
  [
    'an impure look-up',
    {
      evaluator: () =>
        pureEvaluator<Bits>({
          metrics: [metric],
          measure: () => ({ metrics: { valid_ones: calls++ } }),
        }),
    },
    'looks up what its jobs measure, if it looks up',
  ],
];

async function of(mistake: Partial<Benchmark<Bits>>): Promise<string[]> {
  const { part } = await createPart('benchmark', { use: 'toy-table' }, { plugins: [] });
  const benchmark: Benchmark<Bits> = { ...part, ...mistake };
  return broken(benchmarkChecks(async () => ({ benchmark, space: bitSpace(6), permitted: false })));
}

describe('benchmarkChecks', () => {
  it('pass a table that keeps the contract', async () => {
    expect(await of({})).toEqual([]);
  });

  it.each(MISTAKES)('catch %s', async (_, mistake, check) => {
    expect(await of(mistake)).toContain(check);
  });
});
