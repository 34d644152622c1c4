import { describe, expect, it } from 'vitest';
import { type ChoiceSpace, choiceSpace } from './choice-space.ts';
import { codedSpace } from './coded-space.ts';
import type { Codes } from './space.ts';
import { createStreams } from './streams.ts';

type Pair = readonly [number, number, number];

const decisions = [2, 3, 4].map((count, at) => ({
  name: `d${at}`,
  kind: 'categorical' as const,
  options: Array.from({ length: count }, (_, option) => String(option)),
}));

const spec = {
  name: 'three',
  decisions,
  encode: (a: Pair) => a,
  decode: (choices: readonly number[]) => choices as unknown as Pair,
  format: (a: Pair) => a.join('-'),
  parse: (text: string) => text.split('-').map(Number) as unknown as Pair,
  costs: {
    names: ['sum'],
    of: (a: Pair) => ({ sum: a.reduce((all, choice) => all + choice, 0) }),
  },
};
const plain = choiceSpace<Pair>(spec);
/** Not all zeros, and no two equal neighbours at the end. */
const limited = choiceSpace<Pair>({ ...spec, valid: ([a, b, c]) => b !== c && a !== b });
const moved = choiceSpace<Pair>({
  ...spec,
  mutation: () => (choices, stream) => [stream.int(2), choices[1] as number, choices[2] as number],
});

function codesOf(space: ChoiceSpace<Pair>): Codes<Pair> {
  return space.codes ?? expect.fail('the space has no codes');
}

describe('codes of a space of choices', () => {
  it('count through the space in its own order', () => {
    const codes = codesOf(plain);
    expect(codes.size).toBe(24);
    expect([...plain.all()].map((a) => codes.of(a))).toEqual(
      Array.from({ length: 24 }, (_, i) => i),
    );
    expect(codes.at(23)).toEqual([1, 2, 3]);
    expect(codes.at(23)).toBe(codes.at(23));
  });

  it.each([
    ['all combinations', plain],
    ['valid combinations', limited],
    ['a mutation of its own', moved],
    ['a sub-space', plain.restrict([[1], [0, 2], undefined])],
  ])('draw what the space draws, and as much of the stream: %s', (_, space) => {
    const codes = codesOf(space);
    for (let i = 0; i < 200; i++) {
      const [mine, its] = [createStreams(i).stream('draw'), createStreams(i).stream('draw')];
      const parent = space.sample(its);
      const code = codes.sample(mine);
      expect(codes.at(code)).toEqual(parent);
      expect(codes.at(codes.mutate(code, mine))).toEqual(space.mutate(parent, its));
      expect(mine.uint32()).toBe(its.uint32());
    }
  });

  it('are not there for large spaces', () => {
    const large = choiceSpace<Pair>({
      ...spec,
      decisions: Array.from({ length: 30 }, () => decisions[0] as (typeof decisions)[number]),
    });
    expect(large.codes).toBeUndefined();
  });
});

describe('a space of codes', () => {
  const codes = codesOf(plain);
  const coded = codedSpace(plain, codes);

  it('says of a code what the space says of the architecture', () => {
    for (const a of plain.all()) {
      const code = codes.of(a);
      expect(coded.id(code)).toBe(plain.id(a));
      expect(coded.parse(coded.format(code))).toBe(code);
      expect(coded.fromChoices?.(coded.toChoices?.(code) ?? [])).toBe(code);
      expect(coded.costs?.of(code)).toEqual(plain.costs?.of(a));
      const neighbours = [...(coded.neighbours?.(code) ?? [])].map((one) => codes.at(one));
      expect(neighbours).toEqual([...plain.neighbours(a)]);
    }
    expect([...(coded.all?.() ?? [])]).toHaveLength(24);
  });

  it('crosses as the space does', () => {
    for (let i = 0; i < 50; i++) {
      const [mine, its] = [createStreams(i).stream('cross'), createStreams(i).stream('cross')];
      const [a, b] = [codes.at(i % 24), codes.at((7 * i) % 24)];
      const child = coded.crossover?.(codes.of(a), codes.of(b), mine);
      expect(codes.at(child ?? -1)).toEqual(plain.crossover(a, b, its));
    }
  });

  it('keeps the codes of the whole in a part', () => {
    const allowed = [[1], [0, 2], undefined];
    const [mine, its] = [createStreams(0).stream('part'), createStreams(0).stream('part')];
    const part = coded.restrict?.(allowed) ?? expect.fail('no parts');
    const whole = plain.restrict(allowed);
    for (let i = 0; i < 50; i++) {
      const [code, a] = [part.sample(mine), whole.sample(its)];
      expect(codes.at(code)).toEqual(a);
      expect(part.id(code)).toBe(plain.id(a));
      expect(codes.at(part.mutate?.(code, mine) ?? -1)).toEqual(whole.mutate(a, its));
    }
    expect([...(part.all?.() ?? [])].map((code) => codes.at(code))).toEqual([...whole.all()]);
  });
});
