import { describe, expect, it } from 'vitest';
import { characters, divided } from './corpus.ts';

const batches = { batch: 2, window: 3 };
const of = (train: string, valid = 'ab') =>
  characters(
    {
      name: 'test',
      splits: new Map([['train', train] as const, ['valid', valid] as const]),
      description: 'letters',
    },
    batches,
  );

describe('characters', () => {
  it('number the sorted characters of all splits', () => {
    const data = of('cab a', 'xé');
    expect(data.vocabulary).toEqual([' ', 'a', 'b', 'c', 'x', 'é']);
    expect([...data.open('train').tokens]).toEqual([3, 1, 2, 0, 1]);
    expect([...data.open('valid').tokens]).toEqual([4, 5]);
    expect(data.description).toBe('letters; 6 different characters; 5 train, 2 valid');
  });

  it('are code points, not halves of them', () => {
    expect([...of('a😀').open('train').tokens]).toEqual([0, 2]);
  });

  it('have a hash that changes with the text and with what is in which split', () => {
    expect(of('abc').hash).toBe(of('abc').hash);
    expect(of('abc', 'ab').hash).not.toBe(of('abca', 'b').hash);
  });

  it('refuse a split that they do not have', () => {
    expect(() => of('abc').open('test')).toThrow("test has no split 'test', only train, valid");
  });
});

describe('dividing a text', () => {
  it('keeps its order and takes every character once', () => {
    const parts = divided('0123456789abcdefghij', { train: 0.9, valid: 0.05 });
    expect([...parts.entries()]).toEqual([
      ['train', '0123456789abcdefgh'],
      ['valid', 'i'],
      ['test', 'j'],
    ]);
  });

  it('refuses a text that leaves a part empty', () => {
    expect(() => divided('abc', { train: 0.9, valid: 0.05 })).toThrow(
      expect.objectContaining({ code: 'ARCHER_DATA_SHORT' }),
    );
  });
});
