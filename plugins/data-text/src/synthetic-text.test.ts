import { createStreams } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { syntheticText } from './synthetic-text.ts';

const make = (seed = 0) =>
  syntheticText({ train: 400, valid: 60, test: 50, batch: 4, window: 5 }, createStreams(seed));
const textOf = (seed: number, split: 'train' | 'valid' = 'train'): string => {
  const { vocabulary, open } = make(seed);
  return [...open(split).tokens].map((token) => vocabulary[token]).join('');
};

describe('synthetic text', () => {
  it('has the sizes that were asked for', () => {
    expect(make().splits.map((name) => make().open(name).size)).toEqual([400, 60, 50]);
  });

  it('consists of sentences of its words, in both splits different ones', () => {
    expect(textOf(0)).toMatch(/^((the|cat|dog|sees|has|a|red|hat|tree|and|rests)[ .]+){20}/);
    expect(textOf(0).startsWith(textOf(0, 'valid'))).toBe(false);
  });

  it('repeats its text and hash for a seed, and only for that seed', () => {
    expect(textOf(0)).toBe(textOf(0));
    expect(textOf(1)).not.toBe(textOf(0));
    expect(make(1).hash).not.toBe(make().hash);
  });
});
