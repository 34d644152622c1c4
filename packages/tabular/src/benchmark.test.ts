import { createStreams } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';

import { TOY, toy, toyKeys, toySlice, toySpace } from '../test/toy-table.ts';
import { tableBenchmark } from './benchmark.ts';
import { madeUpCsv, madeUpValue } from './made-up.ts';
import { createTable } from './table.ts';
import type { TableDefinition } from './table-definition.ts';

const [table, scores] = TOY.files;
const made = (index: number, name: string) => {
  const at = table.columns.findIndex((column) => column.name === name);
  return madeUpValue(table.columns[at] ?? expect.fail(name), index, at);
};

interface Opened {
  readonly purpose?: 'search' | 'study';
  readonly text?: string;
  readonly definition?: TableDefinition;
  readonly scores?: boolean;
  readonly permit?: 'test-column';
}

function open(column: string, { text = toySlice(20), definition = TOY, ...use }: Opened = {}) {
  const read: string[] = [];
  const opened = createTable(definition, {
    has: () => use.scores ?? true,
    read: (file) => {
      read.push(file.file);
      const content = file === scores ? madeUpCsv(file, toyKeys(file, 20)) : text;
      return { path: file.file, text: content, hash: file.file, known: undefined };
    },
  });
  const { purpose = 'study', permit } = use;
  return Object.assign(tableBenchmark(opened, { column, purpose, permit, space: toySpace }), {
    read,
  });
}

const context = { batches: 'all', streams: createStreams(0) } as const;
const signal = new AbortController().signal;
const propose = (index: number, epochs?: number) => ({
  id: String(index),
  architecture: toy(index),
  ...(epochs === undefined ? {} : { budget: { amount: epochs, unit: 'epoch' as const } }),
});

describe('tableBenchmark', () => {
  it('looks up its column, or another', () => {
    const benchmark = open('test_16');
    expect(benchmark.value(toy(7))).toBe(made(7, 'test_16'));
    expect(benchmark.value(toy(7))).toBe(made(7, 'test_16'));
    expect(benchmark.value(toy(7), 'valid_4')).toBe(made(7, 'valid_4'));
    expect(benchmark.column).toMatchObject({ name: 'test_16', split: 'test', unit: '%' });
    expect(benchmark.description).toContain('20 of 27 architectures');
  });

  it('names what it does not have', () => {
    const benchmark = open('test_16');
    expect(() => benchmark.value(toy(20))).toThrow('no test_16 of 2-0-2');
    expect(() => open('tst_16')).toThrow(
      expect.objectContaining({
        code: 'ARCHER_BENCH_COLUMN',
        hint: expect.stringContaining('Did you mean "test_16'),
      }),
    );
    const fewer = 'index,arch,test_16\n0,0-0-0,85.8633\n';
    expect(() => open('valid_16', { text: fewer })).toThrow(/though others do/);
  });

  it('withholds test columns from a search', () => {
    expect(() => open('test_16', { purpose: 'search' })).toThrow(/may not read it/);
    const benchmark = open('valid_16', { purpose: 'search' });
    expect(() => benchmark.value(toy(0), 'test_16')).toThrow(/may not read it/);
    expect(() => benchmark.evaluator(['test_16'])).toThrow(/may not read it/);
    expect(benchmark.columns.some(({ split }) => split === 'test')).toBe(false);
    expect(benchmark.value(toy(0), 'params')).toBeGreaterThan(0);
  });

  it('lets no permit change that where there are validation accuracies', () => {
    for (const definition of [TOY, { ...TOY, testOnly: true }]) {
      const asked = () => open('test_16', { definition, purpose: 'search', permit: 'test-column' });
      expect(asked).toThrow(expect.objectContaining({ code: 'ARCHER_TEST_WITHHELD' }));
    }
  });

  it('lets a search read test columns by permit where there are no others', () => {
    const columns = table.columns.filter(({ split }) => split !== 'valid');
    const definition = { ...TOY, files: [{ ...table, columns }] as const, testOnly: true };
    const search = { definition, purpose: 'search' } as const;
    expect(() => open('test_16', search)).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('permit: test-column') }),
    );
    const permitted = open('test_16', { ...search, permit: 'test-column' });
    expect(permitted.value(toy(3))).toBe(made(3, 'test_16'));
  });

  it('reads a further file when a column of it is asked for', () => {
    const benchmark = open('valid_16');
    const before = benchmark.hash;
    expect(benchmark.read).toEqual(['toy.csv.gz']);
    const a = benchmark.value(toy(4), 'score_a');
    expect(benchmark.read).toEqual(['toy.csv.gz', 'scores.csv.gz']);
    expect(benchmark.value(toy(4), 'score_b')).not.toBe(a);
    expect(benchmark.hash).not.toBe(before);
  });

  it('lists the columns of files that are there', () => {
    const names = (scores: boolean) => open('valid_16', { scores }).columns.map(({ name }) => name);
    expect(names(true)).toContain('score_a');
    expect(names(false)).not.toContain('score_a');
  });
});

describe('evaluator', () => {
  it('looks all proposals up in one step', async () => {
    const job = open('valid_16')
      .evaluator()
      .start([propose(3), propose(4)], context);
    expect(job.progress).toEqual({ done: 0, total: 2, unit: 'evaluation' });
    await job.step(signal);
    expect(job.progress.done).toBe(2);
    const values = job.evaluations().map(({ metrics }) => metrics.valid_16);
    expect(values).toEqual([3, 4].map((index) => made(index, 'valid_16')));
  });

  it('reads the short training where the budget says so, under the same metric', async () => {
    const job = open('valid_16')
      .evaluator()
      .start([propose(3, 4), propose(3, 16)], context);
    await job.step(signal);
    const [short, long] = job.evaluations();
    expect(short?.metrics).toEqual({ valid_16: made(3, 'valid_4') });
    expect(long?.metrics).toEqual({ valid_16: made(3, 'valid_16') });
    expect(short?.cost).toMatchObject({ epochs: 4, images: 400 });
    expect(long?.cost).toMatchObject({ epochs: 16, images: 1600 });
  });

  it('states simulated seconds, and that they are', async () => {
    const evaluator = open('valid_16').evaluator();
    expect(evaluator.description).toContain('seconds are simulated: a tenth of a second');
    const job = evaluator.start([propose(9), propose(19, 4)], context);
    await job.step(signal);
    // A tenth per epoch and first choice: 0.1 · 16, and 0.2 · 4.
    expect(job.evaluations().map(({ cost }) => cost.seconds)).toEqual([1.6, 0.8]);
  });

  it('measures further columns, whatever their file', async () => {
    const evaluator = open('valid_16').evaluator(['params', 'score_b']);
    expect(evaluator.metrics.map(({ name }) => name)).toEqual(['valid_16', 'params', 'score_b']);
    const { metrics } = evaluator.lookUp?.(propose(5), context) ?? expect.fail('no look-up');
    expect(metrics).toMatchObject({ valid_16: made(5, 'valid_16'), params: made(5, 'params') });
    expect(Object.keys(metrics)).toEqual(['valid_16', 'params', 'score_b']);
    expect(() => open('valid_16').evaluator(['parms'])).toThrow(/no column "parms"/);
  });

  it('looks up what its jobs evaluate', async () => {
    const evaluator = open('valid_16').evaluator(['params']);
    const proposals = [propose(1), propose(2, 4), propose(25)];
    const job = evaluator.start(proposals, context);
    await job.step(signal);
    expect(proposals.map((one) => evaluator.lookUp?.(one, context))).toEqual(job.evaluations());
  });

  it('refuses a budget that nobody trained', () => {
    const evaluator = open('valid_16').evaluator();
    expect(() => evaluator.start([propose(0, 9)], context)).toThrow(/4 and 16 epochs, not/);
    const run = open('test_16').evaluator();
    expect(() => run.start([propose(0, 4)], context)).toThrow(/after 16 epochs/);
  });

  it('fails an architecture that the table lacks, and goes on', async () => {
    const job = open('valid_16')
      .evaluator()
      .start([propose(26), propose(1)], context);
    await job.step(signal);
    expect(job.evaluations().map(({ status }) => status)).toEqual(['failed', 'final']);
    expect(job.evaluations()[0]?.reason).toContain('no valid_16 of 2-2-2');
  });

  it('continues from saved state with the same evaluations', async () => {
    const evaluator = open('valid_16').evaluator();
    const job = evaluator.start([propose(1)], context);
    await job.step(signal);
    const resumed = evaluator.start([propose(1)], context, job.state);
    expect(resumed.progress.done).toBe(1);
    expect(resumed.evaluations()).toEqual(job.evaluations());
  });
});
