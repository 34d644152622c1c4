import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { END_OF_LINE, tokensOf, vocabularyOf } from './tokens.ts';

const words = (text: string) => [...tokensOf(text, 'word')];

describe('tokens', () => {
  it('of words are what white space divides, and the ends of all lines', () => {
    expect(words(' the cat\tsat \n\non  it\n')).toEqual([
      ...['the', 'cat', 'sat', '<eos>', '<eos>', 'on', 'it', '<eos>'],
    ]);
    expect(words('no break at the end')).toHaveLength(6);
    expect(words('a\r\nb\r\n')).toEqual(['a', '<eos>', 'b', '<eos>']);
    expect(words('')).toEqual([]);
  });

  it('of characters are code points, line breaks too', () => {
    expect([...tokensOf('a😀\n', 'character')]).toEqual(['a', '😀', '\n']);
  });

  it('of words give the words and lines back that they were made of', () => {
    const word = fc.stringMatching(/^[!-~é]{1,4}$/).filter((text) => text !== END_OF_LINE);
    const lines = fc.array(fc.array(word, { maxLength: 5 }), { maxLength: 6 });
    fc.assert(
      fc.property(lines, fc.constantFrom(' ', '  ', '\t'), (text, space) => {
        const written = text.map((line) => `${line.join(space)}\n`).join('');
        const read = words(written)
          .join(' ')
          .split(END_OF_LINE)
          .slice(0, -1)
          .map((line) => line.trim().split(' ').filter(Boolean));
        expect(read).toEqual(text);
      }),
    );
  });

  it('of characters are the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect([...tokensOf(text, 'character')].join('')).toBe(text);
      }),
    );
  });
});

describe('a vocabulary', () => {
  it('begins with what is frequent, equal ones in the order of their letters', () => {
    expect(vocabularyOf(['b', 'c', 'c', 'a', 'B'])).toEqual(['c', 'B', 'a', 'b', '<unk>']);
  });

  it('has <unk> once, where the text has it', () => {
    expect(vocabularyOf(['<unk>', 'a', '<unk>'])).toEqual(['<unk>', 'a']);
  });

  it('is limited with its <unk>', () => {
    expect(vocabularyOf(['a', 'a', 'b', 'b', 'c'], 3)).toEqual(['a', 'b', '<unk>']);
    expect(vocabularyOf(['<unk>', '<unk>', 'a', 'b'], 2)).toEqual(['<unk>', 'a']);
    expect(vocabularyOf(['a', 'a', '<unk>'], 1)).toEqual(['<unk>']);
  });
});
