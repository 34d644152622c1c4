import { createStreams } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';

import { fakeAccuracy, makeSlice } from '../test/make-slice.ts';
import { tableBenchmark } from './benchmark.ts';
import { COLUMNS } from './columns.ts';
import { archOf, officialOps } from './notation.ts';
import { parseTable } from './table.ts';

/** Architectures are official indices here; the benchmark only needs their strings. */
const space = { format: (index: number) => archOf(officialOps(index)) };
const at = (column: string) => COLUMNS.findIndex(({ name }) => name === column);

function open(column: string, purpose: 'search' | 'study' = 'study', text = makeSlice(20)) {
  const table = parseTable(text, 'slice');
  const file = { path: 'slice.csv', table, hash: 'abc', known: undefined };
  return tableBenchmark(file, { column, purpose, space });
}

const context = { batches: 'all', streams: createStreams(0) } as const;
const signal = new AbortController().signal;
const propose = (index: number, epochs?: number) => ({
  id: String(index),
  architecture: index,
  ...(epochs === undefined ? {} : { budget: { amount: epochs, unit: 'epoch' as const } }),
});

describe('tableBenchmark', () => {
  it('looks up its column, or another', () => {
    const benchmark = open('c10_test_200');
    expect(benchmark.value(7)).toBe(fakeAccuracy(7, at('c10_test_200')));
    expect(benchmark.value(7, 'c100_valid_200')).toBe(fakeAccuracy(7, at('c100_valid_200')));
    expect(benchmark.column).toMatchObject({ name: 'c10_test_200', split: 'test', unit: '%' });
    expect(benchmark.description).toContain('20 of 15625 architectures');
  });

  it('names what it does not have', () => {
    const benchmark = open('c10_test_200');
    expect(() => benchmark.value(20)).toThrow(/no c10_test_200 of \|/);
    expect(() => open('c10_tst_200')).toThrow(
      expect.objectContaining({
        code: 'ARCHER_BENCH_COLUMN',
        hint: expect.stringContaining('Did you mean "c10_test_200'),
      }),
    );
    const fewer = `index,ops,arch,c10_test_200\n0,421211,${archOf('421211')},85.8633\n`;
    expect(() => open('c10_valid_200', 'study', fewer)).toThrow(/though others do/);
  });

  it('withholds test columns from a search', () => {
    expect(() => open('c10_test_200', 'search')).toThrow(/may not read it/);
    const benchmark = open('c10_valid_200', 'search');
    expect(() => benchmark.value(0, 'c10_test_12')).toThrow(/may not read it/);
    expect(benchmark.columns.some(({ split }) => split === 'test')).toBe(false);
    expect(benchmark.value(0, 'params_c10')).toBeGreaterThan(0);
  });

  it('knows every test column by its name', () => {
    for (const { name, split } of COLUMNS) {
      expect(split === 'test', name).toBe(/test/.test(name));
      expect(split === 'valid', name).toBe(/valid/.test(name));
    }
  });
});

describe('evaluator', () => {
  it('looks all proposals up in one step', async () => {
    const job = open('c10_valid_200')
      .evaluator()
      .start([propose(3), propose(4)], context);
    expect(job.progress).toEqual({ done: 0, total: 2, unit: 'evaluation' });
    await job.step(signal);
    expect(job.progress.done).toBe(2);
    const values = job.evaluations().map(({ metrics }) => metrics.c10_valid_200);
    expect(values).toEqual([3, 4].map((index) => fakeAccuracy(index, at('c10_valid_200'))));
  });

  it('reads the 12-epoch training where the budget says so, under the same metric', async () => {
    const job = open('c10_valid_200')
      .evaluator()
      .start([propose(3, 12), propose(3, 200)], context);
    await job.step(signal);
    const [short, long] = job.evaluations();
    expect(short?.metrics).toEqual({ c10_valid_200: fakeAccuracy(3, at('c10_valid_12')) });
    expect(long?.metrics).toEqual({ c10_valid_200: fakeAccuracy(3, at('c10_valid_200')) });
    expect(short?.cost).toMatchObject({ epochs: 12, images: 300_000 });
    expect(long?.cost).toMatchObject({ epochs: 200, images: 5_000_000 });
  });

  it('states seconds near the official record of architecture 0, 7.22 s per epoch', async () => {
    const job = open('c10_valid_200')
      .evaluator()
      .start([propose(0)], context);
    await job.step(signal);
    const perEpoch = (job.evaluations()[0]?.cost.seconds ?? 0) / 200;
    expect(perEpoch).toBeGreaterThan(7.22 * 0.79);
    expect(perEpoch).toBeLessThan(7.22 * 1.21);
  });

  it('refuses a budget that nobody trained', () => {
    const evaluator = open('c10_valid_200').evaluator();
    expect(() => evaluator.start([propose(0, 50)], context)).toThrow(/12 and 200 epochs, not/);
    const run = open('c10_test_200_run').evaluator();
    expect(() => run.start([propose(0, 12)], context)).toThrow(/after 200 epochs/);
  });

  it('fails an architecture that the table lacks, and goes on', async () => {
    const job = open('c10_valid_200')
      .evaluator()
      .start([propose(99), propose(1)], context);
    await job.step(signal);
    expect(job.evaluations().map(({ status }) => status)).toEqual(['failed', 'final']);
    expect(job.evaluations()[0]?.reason).toContain('no c10_valid_200 of |');
  });

  it('continues from saved state with the same evaluations', async () => {
    const evaluator = open('c10_valid_200').evaluator();
    const job = evaluator.start([propose(1)], context);
    await job.step(signal);
    const resumed = evaluator.start([propose(1)], context, job.state);
    expect(resumed.progress.done).toBe(1);
    expect(resumed.evaluations()).toEqual(job.evaluations());
  });
});
