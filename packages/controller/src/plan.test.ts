import type { Decision } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { choiceOf, movesThrough, optionCount, optionOf } from './plan.ts';
import { edges, macro, micro, recurrent } from './testing/spaces.ts';

/** c category, i3 one of three inputs, s2 bits for two nodes, a anchor, | a new cell. */
function written(decisions: readonly Decision[]): string {
  const words = movesThrough(decisions).map((move) => {
    if (move.kind === 'input') return `i${move.among}`;
    if (move.kind === 'skips') return `s${move.decisions.length}`;
    return { category: 'c', anchor: 'a', cell: '|' }[move.kind];
  });
  return words.join(' ');
}

describe('the moves through decisions', () => {
  it('are one per decision where none is about a node', () => {
    expect(written(edges(6, 5))).toBe('c c c c c c');
  });

  it('complete a layer of the macro space with its bits, the first without any', () => {
    expect(written(macro(4))).toBe('c a c s1 c s2 c s3');
  });

  it('complete a node before it can be an input', () => {
    expect(written(recurrent(4))).toBe('c a i1 c a i2 c a i3 c');
    expect(written(micro(2))).toBe('a a i2 i2 c c a i3 i3 c c');
  });

  it('begin a new cell where there are fewer inputs than before', () => {
    const one = 'a a i2 i2 c c a i3 i3 c c';
    expect(written([...micro(2), ...micro(2)])).toBe(`${one} | ${one}`);
  });

  it('take the numbers of a range as options', () => {
    const filters: Decision = { name: 'filters', kind: 'integer', range: [3, 7] };
    expect(optionCount(filters)).toBe(5);
    expect([0, 4].map((option) => choiceOf(filters, option))).toEqual([3, 7]);
    expect([3, 7].map((choice) => optionOf(filters, choice))).toEqual([0, 4]);
  });

  it('are refused for real numbers and where nothing is to decide', () => {
    const real: Decision = { name: 'rate', kind: 'real', range: [0, 1] };
    expect(() => movesThrough([real])).toThrow('"rate" is real');
    expect(() => movesThrough([])).toThrow('it has none');
  });
});
