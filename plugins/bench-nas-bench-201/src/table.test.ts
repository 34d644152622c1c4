import { describe, expect, it } from 'vitest';

import { fakeAccuracy, makeSlice } from '../test/make-slice.ts';
import { COLUMNS } from './columns.ts';
import { archOf } from './notation.ts';
import { parseTable } from './table.ts';

const slice = makeSlice(12);
const edit = (from: string | RegExp, to: string): string => {
  const text = slice.replace(from, to);
  expect(text).not.toBe(slice);
  return text;
};

describe('parseTable', () => {
  it('reads every row and column', () => {
    const table = parseTable(slice, 'slice');
    expect(table.rows).toBe(12);
    expect(table.columns).toEqual(COLUMNS);
    expect(table.ops[0]).toBe('421211');
    const first =
      '|avg_pool_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+' +
      '|nor_conv_1x1~0|skip_connect~1|skip_connect~2|';
    expect(table.rowOf.get(first)).toBe(0);
    expect(table.values.get('c10_test_200')?.[5]).toBe(fakeAccuracy(5, 1));
  });

  it('takes an empty field as not available and ignores unknown columns', () => {
    const text = `index,ops,note,arch,c10_valid_200\n0,421211,x,${archOf('421211')},\n`;
    const table = parseTable(text, 'slice');
    expect(table.values.get('c10_valid_200')?.[0]).toBeNaN();
    expect(table.columns.map(({ name }) => name)).toEqual(['c10_valid_200']);
  });

  it.each<[string, () => string, RegExp]>([
    ['a web page', () => '<!doctype html><html></html>', /begins with "<!doctype html/],
    ['nothing', () => '', /begins with ""/],
    ['a header alone', () => slice.slice(0, slice.indexOf('\n') + 1), /has 0 rows/],
    ['no known column', () => 'index,ops,arch,accuracy\n', /none of the columns/],
    ['a column twice', () => edit('c10_test_200,', 'c10_valid_200,'), /"c10_valid_200" twice/],
    ['a row cut short', () => slice.slice(0, -20), /line 13: \d+ fields/],
    ['another index', () => edit('\n3,', '\n4,'), /line 5: index 4 is cell/],
    ['an index out of range', () => edit('\n3,', '\n15625,'), /line 5: index "15625"/],
    ['a row twice', () => `${slice}${slice.split('\n')[3]}\n`, /line 14: architecture 2 a second/],
    ['another string', () => edit('|avg_pool_3x3~0|+', '|none~0|+'), /line 2: cell 421211 is/],
    ['a word for a number', () => edit(/,\d+\.\d+,/, ',nan,'), /line 2: c10_test_200 is "nan"/],
    ['an accuracy over 100', () => edit(/,\d+\.\d+,/, ',100.5,'), /not a number from 0 to 100/],
    ['a sign', () => edit(/,(\d+\.\d+),/, ',-$1,'), /not a number/],
  ])('refuses %s', (_, text, reason) => {
    expect(() => parseTable(text(), 'slice')).toThrow(reason);
  });
});
