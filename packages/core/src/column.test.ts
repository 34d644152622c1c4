import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Column, compactNumbers } from './column.ts';
import { numberByFirst } from './number-by-first.ts';
import type { NumberType } from './pages.ts';

/** Of pages.ts. */
const PAGE = 2 ** 16;

const columnOf = (type: NumberType, numbers: ArrayLike<number>): Column => {
  const column = new Column(type);
  for (let i = 0; i < numbers.length; i++) column.push(numbers[i] as number);
  return column;
};
const read = (column: Column): number[] =>
  Array.from({ length: column.length }, (_, i) => column.at(i) as number);

/** Numbers that need all of their type's bits. */
const wide = (type: NumberType, length: number): number[] =>
  Array.from({ length }, (_, i) => (type === 'int32' ? Math.imul(i, 0x9e3779b9) : Math.sqrt(i)));

describe.each(['int32', 'float64'] as const)('a column of %s', (type) => {
  const numbers = wide(type, 2 * PAGE + 700);
  const column = columnOf(type, numbers);

  it('is the list of what was pushed, page after page', () => {
    expect(read(column)).toEqual(numbers);
    expect([column.at(-1), column.at(numbers.length)]).toEqual([undefined, undefined]);
  });

  it('gives any part, within a page and beyond it, for another column to go on with', () => {
    const bounds = fc.nat(numbers.length);
    fc.assert(
      fc.property(bounds, bounds, (a, b) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        const saved = column.snapshot(from, to);
        const copy = structuredClone(saved);
        const other = new Column(type, to - from, saved);
        other.push(7);
        other.pushRun(8, 3);
        expect(read(other)).toEqual([...numbers.slice(from, to), 7, 8, 8, 8]);
        expect(saved).toEqual(copy); // what others go on with stays as it was
      }),
      { numRuns: 12 },
    );
  });

  it('leaves a part alone that was given before more was pushed', () => {
    const growing = columnOf(type, numbers.slice(0, PAGE + 5));
    const parts = [growing.snapshot(), growing.snapshot(PAGE), growing.snapshot(2, 9)];
    const copies = structuredClone(parts);
    growing.pushRun(1, PAGE);
    expect(parts).toEqual(copies);
  });

  it('picks numbers of several pages', () => {
    const places = Int32Array.of(2 * PAGE + 1, 0, PAGE, PAGE - 1, 5);
    const picked = new Column(type, places.length, column.pick(places));
    expect(read(picked)).toEqual(Array.from(places, (place) => numbers[place]));
  });

  it('is one number until the first that differs, however many there were', () => {
    const alike = new Column(type);
    alike.pushRun(3, PAGE + 2);
    expect(alike.snapshot()).toBe(3);
    alike.push(4);
    expect(alike.length).toBe(PAGE + 3);
    expect([0, PAGE, PAGE + 1, PAGE + 2].map((i) => alike.at(i))).toEqual([3, 3, 3, 4]);
  });
});

describe('a column of integers', () => {
  it('copies a part of several pages', () => {
    const numbers = wide('int32', PAGE + 9);
    const copy = columnOf('int32', numbers).integers(PAGE - 4, PAGE + 9);
    expect([...copy]).toEqual(numbers.slice(PAGE - 4));
    expect([...columnOf('int32', [2, 2, 2]).integers(1, 3)]).toEqual([2, 2]);
  });

  it('takes the least space: a count, or integers as small as they fit', () => {
    const ascending = Array.from({ length: PAGE + 3 }, (_, i) => i - 5);
    const saved = columnOf('int32', ascending).snapshot();
    expect(saved).toEqual({ first: -5 });
    expect(read(new Column('int32', ascending.length, saved))).toEqual(ascending);
    expect(columnOf('int32', [-128, 127]).snapshot()).toEqual(Int8Array.of(-128, 127));
    expect(columnOf('int32', [-129, 0]).snapshot()).toEqual(Int16Array.of(-129, 0));
    expect(columnOf('int32', [2 ** 15, 0]).snapshot()).toEqual(Int32Array.of(2 ** 15, 0));
  });
});

it('takes numbers down by their count of kinds as it does by looking at them', () => {
  const lists = fc.oneof(
    fc.array(fc.nat(4), { maxLength: 12 }),
    fc.array(fc.nat(999), { maxLength: 300 }),
    fc.constantFrom(127, 128, 129).map((kinds) => Array.from({ length: 140 }, (_, i) => i % kinds)),
  );
  fc.assert(
    fc.property(lists, (list) => {
      const numbers = Int32Array.from(list);
      const kinds = numberByFirst(numbers, 1000).length;
      expect(compactNumbers(numbers, kinds)).toEqual(columnOf('int32', numbers).snapshot());
    }),
  );
});
