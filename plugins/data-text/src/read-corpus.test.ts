import type { SplitName, TextData } from '@archer-nas/core';
import { TokenBatches } from '@archer-nas/nn';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCorpus } from './read-corpus.ts';
import type { Level } from './tokens.ts';

const read = (texts: Partial<Record<SplitName, string>>, options: object = {}): TextData => {
  const splits = new Map(Object.entries(texts) as [SplitName, string][]);
  const how = { level: 'word' as Level, batch: 1, window: 3, ...options };
  return readCorpus({ name: 'test', splits, description: 'texts' }, how);
};
const words = (data: TextData, split: SplitName): string[] =>
  Array.from(data.open(split).tokens, (token) => data.vocabulary[token] as string);

describe('a corpus', () => {
  it('knows the words of its train text alone; others are <unk>', () => {
    const data = read({ train: 'a b a\n', valid: 'b c\n', test: 'd a\n' });
    expect(data.vocabulary).toEqual(['a', '<eos>', 'b', '<unk>']);
    expect(words(data, 'train')).toEqual(['a', 'b', 'a', '<eos>']);
    expect(words(data, 'valid')).toEqual(['b', '<unk>', '<eos>']);
    expect(words(data, 'test')).toEqual(['<unk>', 'a', '<eos>']);
    expect(data.description).toBe(
      'texts; 4 different words of train, 1 of valid are not among them, 1 of test are not ' +
        'among them; 4 train, 3 valid, 3 test',
    );
  });

  it('gives its known text back: numbers are places in the vocabulary', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 2 }), (text) => {
        const data = read({ train: text, valid: text }, { level: 'character' });
        expect(words(data, 'valid').join('')).toBe(text);
        expect(data.vocabulary.length).toBe(new Set(text).size + 1);
      }),
    );
  });

  it('is cut at tokens, and the vocabulary is that of what is left', () => {
    const data = read({ train: 'a b c d\n', valid: 'a b c d\n' }, { tokens: 2 });
    expect(words(data, 'train')).toEqual(['a', 'b']);
    expect(data.vocabulary).toEqual(['a', 'b', '<unk>']);
    const limited = read({ train: 'a a b c\n', valid: 'c a\n' }, { vocabulary: 2 });
    expect(words(limited, 'train')).toEqual(['a', 'a', '<unk>', '<unk>', '<unk>']);
  });

  it('has a hash that changes with text, level, limits and what is in which split', () => {
    const hash = (train: string, valid: string, options = {}) =>
      read({ train, valid }, options).hash;
    expect(hash('a b', 'a b')).toBe(hash('a b', 'a b'));
    const others = [
      hash('b a', 'a b'),
      hash('a c', 'a c'),
      hash('a b', 'a c'),
      hash('a b', 'a b', { level: 'character' }),
      hash('a b', 'a b', { tokens: 2 }),
    ];
    expect(new Set([hash('a b', 'a b'), ...others]).size).toBe(6);
  });

  it('says which split does not fill a batch', () => {
    expect(() => read({ train: 'a b c d', valid: 'a' }, { batch: 2 })).toThrow(
      'test has 2 tokens of valid; a batch of 2 needs 4.',
    );
    expect(() => read({ train: 'a', valid: 'a b c' }, { batch: 2 })).toThrow(
      expect.objectContaining({ code: 'ARCHER_DATA_SHORT' }),
    );
  });

  it('is read in lanes, every token once and in order, but for those that fill no lane', () => {
    const letters = fc.array(fc.constantFrom(...'abcde'), { minLength: 24, maxLength: 90 });
    const sizes = { lanes: fc.integer({ min: 1, max: 6 }), window: fc.integer({ min: 1, max: 9 }) };
    fc.assert(
      fc.property(letters, fc.record(sizes), (text, { lanes, window }) => {
        const train = text.join('');
        const data = read({ train, valid: train }, { level: 'character' });
        const source = new TokenBatches(data.open('train'), { lanes, window });
        const readBy = Array.from({ length: lanes }, () => '');
        const next = Array.from({ length: lanes }, () => '');
        for (let step = 0; step < source.length; step++) {
          const { tokens, labels } = source.at(step);
          tokens.forEach((token, at) => {
            const [lane, label] = [at % lanes, labels[at] as number];
            readBy[lane] = `${readBy[lane]}${data.vocabulary[token]}`;
            next[lane] = `${next[lane]}${data.vocabulary[label]}`;
          });
        }
        const lane = Math.floor(train.length / lanes);
        readBy.forEach((part, at) => {
          const whole = train.slice(at * lane, (at + 1) * lane);
          expect(part).toBe(whole.slice(0, -1));
          expect(next[at]).toBe(whole.slice(1));
        });
      }),
    );
  });
});
