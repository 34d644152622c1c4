import { expect, it } from 'vitest';
import { markdownTables } from './deviations.ts';

it('reads every table with the heading before it, whatever stands between', () => {
  const text = [
    '# Deviations',
    '',
    'Text | that is no table.',
    '',
    '| # | Paper | Switch |',
    '|---|:-:|---|',
    '| 1 | a \\| b | `init` |',
    '| 2 | c |',
    '',
    '## Reading α',
    '',
    'x | y',
    '--- | ---',
    '1 | 2',
  ].join('\n');
  expect(markdownTables(text)).toEqual([
    {
      columns: ['#', 'Paper', 'Switch'],
      rows: [
        ['1', 'a | b', '`init`'],
        ['2', 'c', ''],
      ],
    },
    { title: 'Reading α', columns: ['x', 'y'], rows: [['1', '2']] },
  ]);
});

it('finds nothing in other texts', () => {
  expect(markdownTables('')).toEqual([]);
  expect(markdownTables('| a | b |\nno rule\n')).toEqual([]);
});
