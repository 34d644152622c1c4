import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createStreams, sha256Hex } from '@archer-nas/core';
import { createTable, fetchTable, openTable, parseCsv, tableBenchmark } from '@archer-nas/tabular';
import { describe, expect, it } from 'vitest';

import { madeUp, makePublicSlice, makeSlice } from '../test/make-slice.ts';
import { temporaryFolder } from '../test/temporary-folder.ts';
import { COLUMNS } from './columns.ts';
import { NAS_BENCH_201 } from './definition.ts';
import { ARCHITECTURES, archOf, officialOps } from './notation.ts';
import { convertPublicTable } from './public-table.ts';

const [table] = NAS_BENCH_201.files;
const slice = makeSlice(12);
const limits = { source: 'slice', architectures: ARCHITECTURES };
const edit = (from: string | RegExp, to: string): string => {
  const text = slice.replace(from, to);
  expect(text).not.toBe(slice);
  return text;
};

describe('the table', () => {
  it('knows every test column by its name', () => {
    for (const { name, split } of COLUMNS) {
      expect(split === 'test', name).toBe(/test/.test(name));
      expect(split === 'valid', name).toBe(/valid/.test(name));
    }
  });

  it('writes architectures as the space does', () => {
    const first =
      '|avg_pool_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+' +
      '|nor_conv_1x1~0|skip_connect~1|skip_connect~2|';
    expect(parseCsv(slice, table, limits).keys[0]).toBe(first);
    expect(archOf('421211')).toBe(first);
  });

  it.each<[string, () => string, RegExp]>([
    ['another index', () => edit('\n3,', '\n4,'), /line 5: index 4 is cell/],
    ['an index out of range', () => edit('\n3,', '\n15625,'), /line 5: index "15625"/],
    ['another string', () => edit('|avg_pool_3x3~0|+', '|none~0|+'), /line 2: cell 421211 is/],
  ])('refuses %s', (_, text, reason) => {
    expect(() => parseCsv(text(), table, limits)).toThrow(reason);
  });
});

describe('the training time', () => {
  const evaluate = (text: string) => {
    const read = () => ({ path: 'slice', text, hash: '', known: undefined });
    const table = createTable(NAS_BENCH_201, { has: () => false, read });
    const space = { format: (index: number) => archOf(officialOps(index)) };
    const use = { column: 'c10_valid_200', purpose: 'search', space } as const;
    const evaluator = tableBenchmark(table, use).evaluator();
    const context = { batches: 'all', streams: createStreams(0) } as const;
    const evaluation = evaluator.lookUp?.({ id: '', architecture: 0 }, context);
    return { ...evaluator, cost: evaluation?.cost ?? expect.fail() };
  };

  it('is near the official record of architecture 0, 7.22 s per epoch', () => {
    const row = `0,421211,${archOf('421211')},81.9827`;
    const { cost, description } = evaluate(`index,ops,arch,c10_valid_200\n${row}\n`);
    expect(description).toContain('seconds are simulated');
    expect(cost).toMatchObject({ epochs: 200, images: 5_000_000 });
    const perEpoch = (cost.seconds ?? 0) / 200;
    expect(perEpoch).toBeGreaterThan(7.22 * 0.79);
    expect(perEpoch).toBeLessThan(7.22 * 1.21);
  });

  it('is the recorded one where the table has it', () => {
    const { cost, description } = evaluate(slice);
    expect(description).toContain('seconds are recorded');
    expect(cost.seconds).toBe(200 * madeUp(0, 'seconds_per_epoch_c10h'));
  });
});

describe('the public table', () => {
  const text = makePublicSlice(30);

  it('becomes a table that can be read', async () => {
    const to = await temporaryFolder();
    const file = join(to, 'nats_bench.csv');
    await writeFile(file, text);
    const options = { to, file, sha256: sha256Hex(text), log: () => undefined };
    const { hash } = await fetchTable(NAS_BENCH_201, options);
    const table = openTable(NAS_BENCH_201, { folders: { data: to, manifest: to } }, [hash]);
    expect(table.values('in16_test_200')[29]).toBe(madeUp(29, 'in16_test_200'));
    expect(table.values('params_c10')[0]).toBe(129_306);
    expect(table.values('flops_in16')[0]).toBe(3_919_480);
  });

  it('is rounded to four decimals without trailing zeros', () => {
    const round = text.replace(/\n[\d.]+,/, '\n10.00001,');
    const row = convertPublicTable(round).split('\n')[1]?.split(',') ?? [];
    expect(row.slice(0, 2)).toEqual(['0', '421211']);
    expect(row[3]).toBe('10');
  });

  it.each([
    ['rows in another order', () => swapped(text), /line 2: architecture 0 is/],
    ['a word for a number', () => text.replace(/\n[\d.]+,/, '\nmany,'), /"many"/],
    ['no rows', () => text.slice(0, text.indexOf('\n')), /0 rows/],
  ])('is refused with %s', (_, spoilt, reason) => {
    expect(() => convertPublicTable(spoilt())).toThrow(reason);
  });
});

function swapped(text: string): string {
  const [header, first, second, ...rest] = text.split('\n');
  return [header, second, first, ...rest].join('\n');
}
