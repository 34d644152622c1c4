import { describe, expect, it } from 'vitest';
import { type FilePart, fileSplits, openParts } from './file-splits.ts';

const train = { records: 5 };
const test = { records: 3 };

describe('the splits of a train and a test file', () => {
  it('halve the train file, the odd image to valid, or take it whole', () => {
    const of = (split: 'halves' | 'full') =>
      fileSplits('toy', { train, test, split, images: {} }).map(({ name, file, from, to }) => {
        return [name, file === train, from, to];
      });
    expect(of('halves')).toEqual([
      ['train', true, 0, 2],
      ['valid', true, 2, 5],
      ['test', false, 0, 3],
    ]);
    expect(of('full')).toEqual([
      ['train', true, 0, 5],
      ['test', false, 0, 3],
    ]);
  });

  it('are limited to their first images, and refuse more or others', () => {
    const of = (images: object, split: 'halves' | 'full' = 'halves') =>
      fileSplits('toy', { train, test, split, images });
    expect(of({ valid: 2 }).map(({ from, to }) => to - from)).toEqual([2, 2, 3]);
    expect(() => of({ test: 4 })).toThrow('data.images.test (4) must be no more');
    expect(() => of({ valid: 1 }, 'full')).toThrow("toy has no split 'valid'");
  });

  it('are read once, when they are first asked for', () => {
    const parts = fileSplits('toy', { train, test, split: 'full', images: {} });
    const asked: string[] = [];
    const open = openParts('toy', parts, ({ name, from, to }: FilePart<object>) => {
      asked.push(name);
      return { labels: new Int32Array(to - from), pixels: new Uint8Array(to - from) };
    });
    expect(open('train').size).toBe(5);
    expect(open('train')).toBe(open('train'));
    expect(asked).toEqual(['train']);
    expect(() => open('valid')).toThrow(expect.objectContaining({ code: 'ARCHER_SPLIT_MISSING' }));
  });
});
