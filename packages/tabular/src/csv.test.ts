import { describe, expect, it } from 'vitest';

import { TOY, toyKeys, toySlice } from '../test/toy-table.ts';
import { parseCsv } from './csv.ts';
import { madeUpCsv, madeUpValue } from './made-up.ts';

const [table, scores = expect.fail()] = TOY.files;
const parse = (text: string, file = table) =>
  parseCsv(text, file, { source: 'slice', architectures: TOY.architectures });
const score = { ...(scores.columns[0] ?? expect.fail()), field: 'score' };
const slice = toySlice(12);
const edit = (from: string | RegExp, to: string): string => {
  const text = slice.replace(from, to);
  expect(text).not.toBe(slice);
  return text;
};

describe('parseCsv', () => {
  it('reads every row and column', () => {
    const { keys, columns, values } = parse(slice);
    expect(keys).toHaveLength(12);
    expect(columns).toEqual(table.columns);
    expect(keys[5]).toBe('0-1-2');
    const column = table.columns[1] ?? expect.fail();
    expect(values.get('valid_16')?.[5]).toBe(madeUpValue(column, 5, 1));
  });

  it('reads one column per data set where a file has a line for each', () => {
    const text = 'dataset,arch,score\na,0-0-0,1.5\nb,0-0-0,-2e-3\nb,0-0-1,-inf\n';
    const { keys, values } = parse(text, scores);
    expect(keys).toEqual(['0-0-0', '0-0-1']);
    expect(values.get('score_a')).toEqual(Float64Array.of(1.5, Number.NaN));
    expect(values.get('score_b')).toEqual(Float64Array.of(-0.002, Number.NaN));
    expect(() => parse(`${text}a,0-0-0,3\n`, scores)).toThrow(/line 5: .* on a a second time/);
    expect(parse(madeUpCsv(scores, toyKeys(scores, 3)), scores).keys).toHaveLength(3);
  });

  it('tells lines apart by several fields where a file has that', () => {
    const file = {
      ...scores,
      per: ['dataset', 'run'],
      columns: ['a 1', 'a 2'].map((where) => ({ ...score, name: `score_${where}`, where })),
    };
    const text = 'run,dataset,arch,score\n1,a,0-0-0,1\n2,a,0-0-0,2\n1,b,0-0-0,3\n';
    const { values } = parse(text, file);
    expect(values.get('score_a 1')).toEqual(Float64Array.of(1));
    expect(values.get('score_a 2')).toEqual(Float64Array.of(2));
    expect(() => parse(`${text}2,a,0-0-0,3\n`, file)).toThrow(/on a 2 a second time/);
    expect(parse(madeUpCsv(file, toyKeys(file, 3)), file).keys).toHaveLength(3);
  });

  it('takes an empty field as not available and ignores unknown columns', () => {
    const { values, columns } = parse('index,note,arch,valid_4\n0,x,0-0-0,\n');
    expect(values.get('valid_4')?.[0]).toBeNaN();
    expect(columns.map(({ name }) => name)).toEqual(['valid_4']);
  });

  it.each<[string, () => string, RegExp]>([
    ['a web page', () => '<!doctype html><html></html>', /begins with "<!doctype html/],
    ['nothing', () => '', /begins with ""/],
    ['a header alone', () => slice.slice(0, slice.indexOf('\n') + 1), /has 0 rows/],
    ['more than there can be', () => `${toySlice(27)}0,0-0-0,,,,\n`, /has 28 rows/],
    ['no known column', () => 'index,arch,accuracy\n', /none of the columns/],
    ['a column twice', () => edit('valid_4,', 'valid_16,'), /"valid_16" twice/],
    ['a row cut short', () => slice.slice(0, -20), /line 13: \d+ fields/],
    ['keys that contradict', () => edit('\n3,', '\n4,'), /line 5: index 4 is 0-1-1, the row/],
    ['a row twice', () => `${slice}${slice.split('\n')[3]}\n`, /line 14: .* 0-0-2 a second/],
    ['a word for a number', () => edit(/,\d+\.\d+,/, ',nan,'), /line 2: valid_16 is "nan"/],
    ['an accuracy over 100', () => edit(/,\d+\.\d+,/, ',100.5,'), /not a number from 0 to 100/],
    ['a sign', () => edit(/,(\d+\.\d+),/, ',-$1,'), /not a number/],
  ])('refuses %s', (_, text, reason) => {
    expect(() => parse(text())).toThrow(reason);
  });
});
