import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type ChoiceSpaceSpec, choiceSpace } from './choice-space.ts';
import { createStreams } from './streams.ts';

const options = [
  ['a', 'b', 'c'],
  ['a', 'b'],
  ['a', 'b', 'c', 'd'],
];

/** Three letters; the architecture is the word. */
const words: ChoiceSpaceSpec<string> = {
  name: 'words',
  decisions: options.map((list, at) => ({
    name: `letter${at}`,
    kind: 'categorical',
    options: list,
  })),
  encode: (word) => Array.from(word, (letter) => letter.charCodeAt(0) - 97),
  decode: (choices) => String.fromCharCode(...choices.map((choice) => 97 + choice)),
  format: (word) => word,
  parse: (text) => text,
  costs: {
    names: ['sum'],
    of: (word) => ({ sum: Array.from(word).reduce((sum, c) => sum + c.charCodeAt(0) - 97, 0) }),
    additive: { sum: { base: 0, perChoice: options.map((list) => list.map((_, i) => i)) } },
  },
};
/** Two numbers. */
const numbered: ChoiceSpaceSpec<readonly number[]> = {
  name: 'numbered',
  decisions: [0, 1].map((at) => ({ name: `d${at}`, kind: 'categorical', options: ['a', 'b'] })),
  encode: (a) => a,
  decode: (choices) => choices,
  format: (a) => a.join(''),
  parse: (text) => Array.from(text, Number),
};
const space = choiceSpace(words);
/** Only words without "aa". */
const constrained = choiceSpace({
  ...words,
  valid: ([a, b, c]) => !(a === b && a === 0) && !(b === c && b === 0),
});
const stream = (name: string, ...indices: number[]) => createStreams(1).stream(name, ...indices);

describe('choiceSpace', () => {
  it('counts and lists, the last decision changing fastest', () => {
    expect(space.size).toBe(24n);
    expect([...space.all()].slice(0, 5)).toEqual(['aaa', 'aab', 'aac', 'aad', 'aba']);
    expect(new Set(space.all()).size).toBe(24);
  });

  it('has (3 - 1) + (2 - 1) + (4 - 1) neighbours', () => {
    expect([...space.neighbours('bab')]).toEqual(['aab', 'cab', 'bbb', 'baa', 'bac', 'bad']);
  });

  it('mutates every decision equally often, to every other option equally often', () => {
    const counts = new Map<string, number>();
    const draws = stream('mutate');
    for (let draw = 0; draw < 6_000; draw++) {
      const child = space.mutate('bab', draws);
      counts.set(child, (counts.get(child) ?? 0) + 1);
    }
    // Binomial: within five standard deviations of 6000 p.
    const near = (word: string, p: number) => {
      const off = Math.abs((counts.get(word) ?? 0) - 6_000 * p);
      expect(off, word).toBeLessThan(5 * Math.sqrt(6_000 * p * (1 - p)));
    };
    for (const word of ['aab', 'cab']) near(word, 1 / 6);
    near('bbb', 1 / 3);
    for (const word of ['baa', 'bac', 'bad']) near(word, 1 / 9);
    expect(counts.size).toBe(6);
  });

  it('leaves an architecture alone that cannot change', () => {
    const one = space.restrict([[1], [0], [1]]);
    expect(one.mutate('bab', stream('mutate'))).toBe('bab');
    expect(one.size).toBe(1n);
  });

  it('takes each choice from either parent', () => {
    const children = Array.from({ length: 100 }, (_, i) =>
      space.crossover('aaa', 'bbb', stream('cross', i)),
    );
    expect(new Set(children).size).toBe(8);
  });

  it('does not see a difference between an architecture and its choices', () => {
    fc.assert(
      fc.property(fc.nat(2), fc.nat(1), fc.nat(3), (...choices) => {
        const word = space.fromChoices(choices);
        expect(space.toChoices(word)).toEqual(choices);
        expect(space.id(word)).toBe(choices.join(''));
      }),
    );
  });

  it('refuses choices that are not there', () => {
    expect(() => space.fromChoices([0, 2, 0])).toThrow(/Choice 2 of letter1 in words .* 2 options/);
    expect(() => space.fromChoices([0, 0])).toThrow(/Choice undefined of letter2/);
    expect(() => space.fromChoices([0, 0, 0, 0])).toThrow(/has 3 decisions/);
  });

  it('refuses texts of another length, and of options that are not there, by what was written', () => {
    expect(() => space.parse('abab')).toThrow(
      '"abab" is not in words: it has 4 choices, expected 3.',
    );
    expect(() => space.parse('')).toThrow('"" is not in words: it has 0 choices, expected 3.');
    expect(() => space.parse('aca')).toThrow('"aca" is not in words: letter1 can be a, b.');
    const numbers = choiceSpace(numbered);
    expect(() => numbers.parse('0x')).toThrow(
      expect.objectContaining({
        code: 'ARCHER_SPACE_OUTSIDE',
        message: '"0x" is not in numbered: d1 can be a, b.',
      }),
    );
  });
});

describe('a sub-space', () => {
  const part = space.restrict([[0, 2], undefined, [1, 3]]);

  it('shows its options and costs, and keeps ids', () => {
    expect(part.name).toBe('words[02,01,13]');
    expect(part.decisions.map(({ options }) => options.join(''))).toEqual(['ac', 'ab', 'bd']);
    expect(part.toChoices('cab')).toEqual([1, 0, 0]);
    expect(part.id('cab')).toBe('201');
    expect(part.costs?.additive?.sum?.perChoice).toEqual([
      [0, 2],
      [0, 1],
      [1, 3],
    ]);
    expect([...part.all()]).toEqual(['aab', 'aad', 'abb', 'abd', 'cab', 'cad', 'cbb', 'cbd']);
    expect(part.size).toBe(8n);
  });

  it('can be restricted again, by positions in its own options', () => {
    const smaller = part.restrict([[1]]);
    expect(smaller.decisions[0]?.options).toEqual(['c']);
    expect(smaller.size).toBe(4n);
    expect(smaller.restrict([]).name).toBe(smaller.name);
  });

  it('is the whole space again where nothing is left out', () => {
    expect(space.restrict([[0, 1, 2]]).name).toBe('words');
  });

  it('brings an outsider in by mutation, one decision at a time', () => {
    const children = Array.from({ length: 200 }, (_, i) => part.mutate('bab', stream('out', i)));
    expect(new Set(children)).toEqual(new Set(['aab', 'cab', 'bbb', 'bad']));
  });

  it('refuses what is not its own', () => {
    expect(() => part.parse('bab')).toThrow(
      '"bab" is not in this sub-space of words: letter0 can be a, c.',
    );
    expect(() => part.toChoices('aaa')).toThrow(/letter2 can be b, d/);
    expect(() => part.restrict([[2]])).toThrow(/options 0 to 1; it cannot be restricted to \[2\]/);
    expect(() => part.restrict([[]])).toThrow(/letter0/);
  });
});

describe('a space with constraints', () => {
  it('lists, counts and samples only what is valid, uniformly', () => {
    const words = [...constrained.all()];
    expect(words).toHaveLength(24 - 4 - 3 + 1);
    expect(constrained.size).toBe(18n);
    const counts = new Map(words.map((word) => [word, 0]));
    const draws = stream('sample');
    for (let draw = 0; draw < 1_800; draw++) {
      const word = constrained.sample(draws);
      counts.set(word, (counts.get(word) ?? Number.NaN) + 1);
    }
    // 100 ± 5 standard deviations of 9.7.
    for (const count of counts.values()) expect(Math.abs(count - 100)).toBeLessThan(49);
  });

  it('stays valid under mutation, crossover and in its neighbourhood', () => {
    const valid = new Set(constrained.all());
    for (const word of valid) {
      for (let draw = 0; draw < 20; draw++) {
        expect(valid).toContain(constrained.mutate(word, stream('m', draw)));
        expect(valid).toContain(constrained.crossover(word, 'bab', stream('c', draw)));
      }
      for (const other of constrained.neighbours(word)) expect(valid).toContain(other);
    }
    expect(() => constrained.fromChoices([0, 0, 1])).toThrow(/no architecture of words/);
  });

  it('takes from the list of neighbours what draws do not find', () => {
    const rare = choiceSpace({
      ...words,
      mutation: () => () => [0, 0, 0],
      valid: ([a]) => a !== 0,
    });
    expect([...rare.neighbours('bab')]).toContain(rare.mutate('bab', stream('rare')));
  });

  it('says that nothing is left', () => {
    const empty = choiceSpace({ ...words, valid: () => false });
    expect(empty.size).toBe(0n);
    expect(() => empty.sample(stream('empty'))).toThrow(/None of 100000/);
  });
});

it('writes numbers apart where options outnumber the digits', () => {
  const options = Array.from({ length: 40 }, (_, i) => `o${i}`);
  const wide = choiceSpace<readonly number[]>({
    name: 'wide',
    decisions: [0, 1].map((at) => ({ name: `d${at}`, kind: 'categorical', options })),
    encode: (a) => a,
    decode: (choices) => choices,
    format: (a) => a.join(' '),
    parse: (text) => text.split(' ').map(Number),
  });
  expect(wide.id([1, 39])).toBe('1,39');
  expect(wide.id([13, 9])).not.toBe(wide.id([1, 39]));
  expect(wide.restrict([[1, 2]]).name).toMatch(/^wide\[1,?2[;,]/);
});
