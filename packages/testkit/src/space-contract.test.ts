import type { SearchSpace, Stream } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { spaceChecks } from './space-contract.ts';
import { broken } from './testing/broken.ts';
import { type Bits, bitSpace } from './toy-bits.ts';

describe('spaceChecks', () => {
  const space = bitSpace(4);
  const withMistake = (mistake: Partial<SearchSpace<Bits>>) =>
    broken(spaceChecks<Bits>(async () => ({ space: { ...space, ...mistake } })));

  it.each<[string, Partial<SearchSpace<Bits>>, string]>([
    [
      'a mutation out of the space',
      { mutate: (a) => [...a, 1] },
      'mutates within the space, if it has mutate',
    ],
    ['a mutation in place', { mutate: inPlace }, 'mutates within the space, if it has mutate'],
    [
      'invented genes',
      { crossover: () => [1, 1, 1, 1] },
      'crosses within the space, if it has crossover',
    ],
    [
      'itself as a neighbour',
      { neighbours: (a) => [a] },
      'has neighbours that differ, if it has neighbours',
    ],
    [
      'a missing architecture',
      { all: () => [[0, 0, 0, 0]] },
      'lists every architecture once, if it has all',
    ],
    ['ids that collide', { id: () => 'x' }, 'lists every architecture once, if it has all'],
    [
      'notation of another order',
      { format: (a) => [...a].reverse().join('') },
      'parses what it formats',
    ],
    [
      'parsing without checking',
      { parse: (text) => [...text].map(Number) },
      'refuses malformed text',
    ],
    [
      'choices of another',
      { fromChoices: () => [0, 0, 0, 0] },
      'translates to choices and back, if it has decisions',
    ],
    [
      'costs that do not add up',
      { costs: { ...space.costs, of: () => ({ params: 1 }) } },
      'has finite costs that add up, if it has costs',
    ],
    [
      'a sub-space of everything',
      { restrict: () => space },
      'restricts to the options it is given, if it has restrict',
    ],
    [
      'a form per call',
      { canonical: () => String(calls++) },
      'gives equal architectures one canonical form, if it has canonical',
    ],
    [
      'one form for all',
      { canonical: () => '' },
      'gives equal architectures one canonical form, if it has canonical',
    ],
  ])('catch %s', async (_, mistake, check) => {
    expect(await withMistake(mistake)).toContain(check);
  });
});

it('spaceChecks compare the forms of architectures that are one network', async () => {
  const space = { ...bitSpace(4), canonical: (a: Bits) => [...a].sort().join('') };
  expect(
    await broken(spaceChecks<Bits>(async () => ({ space, isomorphic: [['0011', '1010']] }))),
  ).toEqual([]);
  expect(
    await broken(spaceChecks<Bits>(async () => ({ space, isomorphic: [['0011', '1011']] }))),
  ).toEqual(['gives equal architectures one canonical form, if it has canonical']);
});

let calls = 0;

function inPlace(a: Bits, stream: Stream): Bits {
  (a as number[])[stream.int(4)] = 1;
  return a;
}
