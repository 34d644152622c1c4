import type { DataSet } from '@archer-nas/core';
import { temporaryFiles } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';
import { digitOf, FAKE, fakeFiles, fakeMat, pixelOf } from '../test/fake-svhn.ts';
import { readDigits } from './digits.ts';
import { checkFolder, OFFICIAL } from './layout.ts';
import { readMatFile } from './mat-file.ts';
import { type SvhnOptions, svhn } from './svhn.ts';

const folder = temporaryFiles(fakeFiles());
const make = (options: Partial<SvhnOptions> = {}): DataSet =>
  svhn({ split: 'halves', batch: 2, images: {}, ...options }, folder, FAKE);

describe('svhn', () => {
  it('reads rows of red, green, blue out of columns, and the digit 0, which is 10, as class 0', () => {
    const valid = make().open('valid');
    const digits = [3, 4, 5, 6].map((image) => digitOf(image) % 10);
    expect([...valid.labels]).toEqual(digits);
    expect(digits).toContain(0);
    const pixels = new Uint8Array(3072);
    valid.read(Int32Array.of(1), pixels);
    for (const place of [
      [0, 0, 0],
      [0, 0, 2],
      [0, 31, 1],
      [31, 0, 0],
      [17, 5, 2],
    ] as const) {
      const [row, column, channel] = place;
      expect(pixels[(32 * row + column) * 3 + channel]).toBe(pixelOf(4, place));
    }
  });

  it('halves the train file in its order, or keeps it whole', () => {
    const halves = make();
    expect(halves.splits.map((name) => halves.open(name).size)).toEqual([3, 4, 4]);
    expect(make({ split: 'full' }).open('train').size).toBe(7);
    expect(() => make({ split: 'full' }).open('valid')).toThrow(/no split 'valid'/);
    expect(() => make({ images: { train: 4 } })).toThrow(/train \(4\) .* \(3\)/);
  });

  it('normalises as SmoothDARTS does', () => {
    expect(make().mean).toEqual([0.4377, 0.4438, 0.4728]);
    expect(make().std).toEqual([0.198, 0.201, 0.197]);
    expect(make({ cutout: 16 }).augmentation).toMatchObject({ cutout: 16 });
  });
});

describe('MATLAB files', () => {
  it.each([{}, { compressed: false }, { bytes: true }, { compressed: false, bytes: true }])(
    'are read alike, however they are written: %o',
    (options) => {
      const arrays = readMatFile(fakeMat(5, options), 100_000);
      expect([...arrays.keys()]).toEqual(['X', 'y']);
      expect(arrays.get('X')?.dimensions).toEqual([32, 32, 3, 5]);
      expect(arrays.get('X')?.values).toEqual(readMatFile(fakeMat(5), 100_000).get('X')?.values);
      expect([...(arrays.get('y')?.values ?? [])]).toEqual([0, 1, 2, 3, 4].map(digitOf));
    },
  );

  it.each<[string, Buffer, RegExp]>([
    ['other files', Buffer.alloc(300), /no little-endian MATLAB level-5 file/],
    [
      'files that end too early',
      fakeMat(3, { compressed: false }).subarray(0, 4000),
      /ends within/,
    ],
    ['files that end in a tag', fakeMat(3).subarray(0, 132), /ends within/],
    ['files that unpack to more than they say', fakeMat(40), /larger than/],
  ])('are refused: %s', (_, bytes, message) => {
    expect(() => readMatFile(bytes, 20_000)).toThrow(message);
  });
});

describe('the folder', () => {
  it('has the sums that are published with torchvision', () => {
    expect(OFFICIAL.train).toMatchObject({
      records: 73_257,
      md5: 'e26dedcc434d2e4c54c9b2d4a06d8373',
    });
    expect(OFFICIAL.test).toMatchObject({
      records: 26_032,
      md5: 'eb5a983be6a315427106f1b164d9cef3',
    });
  });

  it('is checked, file by file', async () => {
    await expect(checkFolder(folder, FAKE)).resolves.toBeUndefined();
    const wrong = temporaryFiles({ ...fakeFiles(), 'test_32x32.mat': fakeMat(5) });
    await expect(checkFolder(wrong, FAKE)).rejects.toThrow(
      expect.objectContaining({
        code: 'ARCHER_DATA_CORRUPT',
        message: expect.stringMatching(/test_32/),
      }),
    );
    await expect(checkFolder(temporaryFiles({}), FAKE)).rejects.toThrow(
      expect.objectContaining({ code: 'ARCHER_DATA_MISSING' }),
    );
  });

  it('names the file whose arrays are not those of SVHN', () => {
    const file = { ...FAKE.train, records: 8 };
    expect(() => readDigits(folder, { file, from: 0, to: 2 })).toThrow(
      /train_32x32.mat has no array X of 32,32,3,8 bytes/,
    );
  });
});
