import { describe, expect, it } from 'vitest';
import { landscape } from './landscape.ts';
import { LINE, table } from './testing/toy.ts';

describe('landscape', () => {
  it('finds the maxima of a line by hand', () => {
    // 10 30 20 25 40: maxima at 1 and 4; 0, 1 end at 1; 2 goes to 1 (30 > 25); 3 and 4 end at 4.
    expect(landscape(table(), LINE).metrics).toEqual({
      'truth/local-maxima': 2,
      'truth/local-maxima-with-ties': 2,
      'truth/ascents-to-best': 2 / 5,
      'truth/ascent-steps': 3 / 5,
    });
  });

  it('tells strict maxima from plateaus', () => {
    expect(landscape(table([5, 5, 1, 0, 2]), LINE).metrics).toMatchObject({
      'truth/local-maxima': 1,
      'truth/local-maxima-with-ties': 3,
    });
  });

  it('needs a space that can be walked', () => {
    const { neighbours: _, ...still } = LINE;
    expect(() => landscape(table(), still)).toThrow(/line cannot list/);
  });
});
