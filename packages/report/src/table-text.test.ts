import { describe, expect, it } from 'vitest';
import { rankTable } from '../test/run-record.ts';
import { number, toJson } from './number-text.ts';
import { formatTable } from './table-text.ts';

describe('formatTable', () => {
  it('writes plain columns where there is no terminal', () => {
    expect(formatTable(rankTable)).toBe(
      [
        'ranking',
        'scores        tau',
        'inherited  0.7100',
        'random          –',
        'not comparable: 2 images',
      ].join('\n'),
    );
  });

  it('draws boxes on a terminal, in colour only when asked', () => {
    const box = formatTable(rankTable, { terminal: true });
    expect(box).toContain('│ inherited │ 0.7100 │');
    expect(box).not.toContain('\u001b');
    expect(formatTable(rankTable, { terminal: true, colour: true })).toContain('\u001b[');
  });

  it('writes a table without rows', () => {
    expect(formatTable({ columns: ['a', 'b'], rows: [] })).toBe('a  b');
  });
});

it.each([
  [15625, '15625'],
  [0.5, '0.5000'],
  [1234.5678, '1234.6'],
  [0.00012345, '1.234e-4'],
  [1e12, '1.000e+12'],
  [0, '0'],
  [Number.NaN, 'NaN'],
])('writes %d as %s', (value, text) => {
  expect(number(value)).toBe(text);
});

it('writes NaN and infinities to JSON as strings, not as null', () => {
  const values = { a: Number.NaN, b: Number.NEGATIVE_INFINITY, c: 1, d: null };
  expect(JSON.parse(toJson(values))).toEqual({ a: 'NaN', b: '-Infinity', c: 1, d: null });
});
