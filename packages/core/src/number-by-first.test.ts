import { describe, expect, it } from 'vitest';
import { numberByFirst } from './number-by-first.ts';

describe('numberByFirst', () => {
  it('numbers what is in a list in the order in which it comes first', () => {
    const list = Int32Array.of(7, 2, 7, 0, 2, 9, 7);
    expect([...numberByFirst(list, 10)]).toEqual([7, 2, 0, 9]);
    expect([...list]).toEqual([0, 1, 0, 2, 1, 3, 0]);
    expect([...numberByFirst(new Int32Array(0), 3)]).toEqual([]);
  });
});
