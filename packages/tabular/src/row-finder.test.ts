import { describe, expect, it } from 'vitest';

import { type Toy, toy, toySpace } from '../test/toy-table.ts';
import { rowFinder, type TableSpace } from './row-finder.ts';
import type { TableRows } from './table-definition.ts';

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

  it('finds rows by keys that the table makes of the notation, whatever the canonical form is', () => {
    const space = { ...letters, canonical: (word: string) => `a form of its own: ${word}` };
    const row = rowFinder(space, table, (word) => [...word].sort().join(''));
    expect(['ab', 'ba', 'cb', 'aa'].map(row)).toEqual([0, 0, 1, -1]);
  });

  it('refuses a space without canonical forms', () => {
    expect(() => rowFinder({ format: (a: string) => a }, table, 'canonical')).toThrow(
      /the space has none/,
    );
  });
});

/** A table with the architectures of even numbers, and a count of how often it was asked. */
function evenRows() {
  const keys = Array.from({ length: 14 }, (_, row) => toy(2 * row).join('-'));
  const asked = { times: 0 };
  const table: TableRows = {
    rows: keys.length,
    key: (row) => keys[row] ?? '',
    rowOf: (key) => {
      asked.times++;
      return keys.indexOf(key);
    },
    values: () => new Float64Array(),
  };
  return { table, keys, asked };
}

const all = Array.from({ length: 27 }, (_, index) => toy(index));

describe('rowFinder of a space with choices', () => {
  const numbered: TableSpace<Toy>['decisions'] = toySpace.decisions?.map((decision) => ({
    ...decision,
    when: () => true,
  }));

  it.each<[string, TableSpace<Toy>]>([
    ['choices', toySpace],
    ['the notation alone', { format: toySpace.format }],
    ['decisions that may be absent', { ...toySpace, decisions: numbered ?? [] }],
  ])('finds the same rows by %s', (_, space) => {
    const { table } = evenRows();
    const find = rowFinder(space, table);
    const rows = all.map((_, index) => (index % 2 === 0 ? index / 2 : -1));
    expect(all.map(find)).toEqual(rows);
    expect(all.map(find)).toEqual(rows);
  });

  it('writes an architecture once where it has choices', () => {
    const { table, asked } = evenRows();
    const find = rowFinder(toySpace, table);
    for (let times = 0; times < 3; times++) find(toy(4));
    expect(asked.times).toBe(1);
  });

  it('finds rows that come later, with another file', () => {
    const { table, keys } = evenRows();
    const find = rowFinder(toySpace, table);
    expect(find(toy(5))).toBe(-1);
    keys.push(toy(5).join('-'));
    expect(find(toy(5))).toBe(14);
  });
});
