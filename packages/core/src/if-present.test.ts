import { expect, it } from 'vitest';
import { ArcherError } from './errors.ts';
import { ifPresent } from './if-present.ts';

const failing = (code: `ARCHER_${string}`) => () => {
  throw new ArcherError(code, 'no');
};

it('is undefined for an absent block only', () => {
  expect(ifPresent(() => 3)).toBe(3);
  expect(ifPresent(failing('ARCHER_NO_BLOCK'))).toBeUndefined();
  expect(() => ifPresent(failing('ARCHER_NO_DATA'))).toThrow('no');
});
