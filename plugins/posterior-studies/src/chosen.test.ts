import { chooseArchitectures, createStreams } from '@archer-nas/core';
import { bitSpace } from '@archer-nas/testkit';
import { expect, it } from 'vitest';
import { chosen } from './chosen.ts';

const stream = () => createStreams(0).stream('architectures');
const plain = bitSpace(6);
const drawn = chooseArchitectures(plain, { sample: 8 }, stream());

it('looks at the first architecture that is connected, and leaves the others in order', () => {
  const connected = drawn[3];
  const id = (bits: readonly number[]) => plain.id(bits);
  const space = { ...plain, isConnected: (a: readonly number[]) => id(a) === id(connected ?? []) };
  expect(chosen(space, 8, stream()).map(id)).toEqual(
    [3, 0, 1, 2, 4, 5, 6, 7].map((at) => id(drawn[at] ?? [])),
  );
});

it('takes them as they come where all are connected, or none', () => {
  expect(chosen(plain, 8, stream())).toEqual(drawn);
  expect(chosen({ ...plain, isConnected: () => false }, 8, stream())).toEqual(drawn);
});
