import { describe, expect, it } from 'vitest';

import { rowFinder, type TableSpace } from './row-finder.ts';

const table = {
  rows: 2,
  rowOf: (key: string) => ['ab', 'bc'].indexOf(key),
  key: () => '',
  values: () => new Float64Array(2),
};
/** Two letters, which are one network in either order. */
const letters: TableSpace<string> = {
  format: (word) => word,
  canonical: (word) => [...word].sort().join(''),
};
const decisions = ['first', 'second'].map((name) => ({
  name,
  kind: 'categorical' as const,
  options: ['a', 'b', 'c'],
}));
const toChoices = (word: string) => Array.from(word, (letter) => letter.charCodeAt(0) - 97);

describe('rowFinder', () => {
  it('finds rows by the notation', () => {
    const row = rowFinder(letters, table);
    expect([row('ab'), row('bc'), row('ba')]).toEqual([0, 1, -1]);
  });

  it.each([
    ['canonical forms', letters],
    ['canonical forms, kept by choices', { ...letters, decisions, toChoices }],
  ])('finds rows by %s', (_, space) => {
    const row = rowFinder(space, table, 'canonical');
    const words = ['ab', 'ba', 'cb', 'aa', 'ba'];
    expect(words.map(row)).toEqual([0, 0, 1, -1, 0]);
  });

  it('refuses a space without canonical forms', () => {
    expect(() => rowFinder({ format: (a: string) => a }, table, 'canonical')).toThrow(
      /the space has none/,
    );
  });
});
