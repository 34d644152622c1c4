import { describe, expect, it } from 'vitest';
import { jpeg, png } from '../test/pictures.ts';
import { decode } from './decode.ts';

const corrupt = expect.objectContaining({ code: 'ARCHER_DATA_CORRUPT', exit: 5 });

describe('decode', () => {
  it('reads colours row by row', () => {
    const picture = decode(
      png(2, 1, (x) => (x === 0 ? [1, 2, 3] : [4, 5, 6])),
      'a.png',
    );
    expect(picture).toEqual({ width: 2, height: 1, data: Uint8Array.of(1, 2, 3, 4, 5, 6) });
  });

  it('makes three channels of grey', () => {
    const grey = decode(
      png(1, 1, () => [90, 90, 90], 0),
      'a.png',
    );
    expect([...grey.data]).toEqual([90, 90, 90]);
  });

  it('lays transparency over white', () => {
    const clear = png(2, 1, (x) => (x === 0 ? [0, 0, 0, 0] : [0, 100, 200, 51])); // 51/255 = 0.2
    expect([...decode(clear, 'a.png').data]).toEqual([255, 255, 255, 204, 224, 244]);
  });

  it('reads a JPEG, also one that is called a PNG', () => {
    const { width, height, data } = decode(jpeg(16, 8, [200, 100, 50]), 'wrong.png');
    expect([width, height]).toEqual([16, 8]);
    for (const [channel, value] of [200, 100, 50].entries()) {
      expect(Math.abs((data[channel] ?? 0) - value)).toBeLessThan(4);
    }
  });

  it('names a file that is cut, altered or no image', () => {
    const whole = png(20, 20, (x, y) => [x * 12, y * 12, 7]);
    const photo = jpeg(32, 32, [1, 2, 3]);
    const bad = {
      'cut.png': whole.subarray(0, whole.length - 30),
      'altered.png': Buffer.from(whole).fill(7, 60, 80),
      'cut.jpg': photo.subarray(0, photo.length - 20),
      'text.jpg': Buffer.from('no image'),
      'empty.png': Buffer.alloc(0),
    };
    for (const [name, bytes] of Object.entries(bad)) {
      expect(() => decode(bytes, name)).toThrow(name);
      expect(() => decode(bytes, name)).toThrow(corrupt);
    }
  });

  it('refuses a picture that claims to be huge, before it makes room for it', () => {
    const liar = Buffer.from(png(1, 1, () => [0, 0, 0]));
    liar.writeUInt32BE(100_000, 16);
    liar.writeUInt32BE(100_000, 20);
    expect(() => decode(liar, 'liar.png')).toThrow('more than 64 megapixels');
  });
});
