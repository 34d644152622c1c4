import { ArcherError, type SplitName, type TextData } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { broken } from './testing/broken.ts';
import { textChecks } from './text-contract.ts';

let opened = 0;

/** Eight letters in each of two splits; has one mistake. */
function letters(mistake: string): TextData {
  const moment = opened++;
  const sizes: Partial<Record<SplitName, number>> = { train: 8, valid: 8 };
  if (mistake === 'withheld split readable') sizes.test = 8;
  return {
    name: 'letters',
    batch: 2,
    window: mistake === 'no window' ? 0 : 3,
    vocabulary: mistake === 'a letter twice' ? ['a', 'a', 'c'] : ['a', 'b', 'c'],
    hash: mistake === 'hash of the moment' ? `${moment}` : 'letters',
    description: 'letters',
    splits: ['train', 'valid'],
    open(name) {
      const size = sizes[name];
      if (size === undefined) throw new ArcherError('ARCHER_NO_SPLIT', `no split '${name}'`);
      const tokens = Int32Array.from({ length: size }, (_, i) => i % 3);
      if (mistake === 'unknown token') tokens[7] = 3;
      if (mistake === 'text of the moment') tokens[0] = moment % 3;
      return { name, size: mistake === 'size of another' ? size + 1 : size, tokens };
    },
  };
}

const of = (mistake: string) => broken(textChecks(async () => letters(mistake)));

describe('textChecks', () => {
  it('pass a corpus that keeps the contract', async () => {
    expect(await of('none')).toEqual([]);
  });

  it.each([
    ['no window', 'describes its text'],
    ['a letter twice', 'describes its text'],
    ['withheld split readable', 'has the splits that it lists and no other'],
    ['unknown token', 'has tokens of its vocabulary alone'],
    ['size of another', 'has tokens of its vocabulary alone'],
    ['hash of the moment', 'is the same when it is opened again'],
    ['text of the moment', 'is the same when it is opened again'],
  ])('fail a corpus with the mistake: %s', async (mistake, check) => {
    expect(await of(mistake)).toContain(check);
  });
});
