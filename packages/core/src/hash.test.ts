import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, sha256Hex } from './hash.ts';

describe('sha256Hex', () => {
  it('gives the digests of FIPS 180-2', () => {
    expect(sha256Hex('abc')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
    expect(sha256Hex(new Uint8Array())).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
  });

  it('hashes text as UTF-8', () => {
    expect(sha256Hex('π')).toBe(sha256Hex(Uint8Array.of(0xcf, 0x80)));
  });
});

describe('canonicalJson', () => {
  it('sorts keys at every level and leaves out undefined properties', () => {
    expect(canonicalJson({ b: 1, a: [{ d: null, c: 'x' }], e: undefined })).toBe(
      '{"a":[{"c":"x","d":null}],"b":1}',
    );
  });

  it('writes one form per number', () => {
    expect(canonicalJson([-0, 1.0, 1e21, 0.1, 5e-324])).toBe('[0,1,1e+21,0.1,5e-324]');
  });

  it('reads back as the same JSON value, whatever the insertion order', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it.each([
    [{ a: [Number.NaN] }, '$.a[0] is NaN'],
    [[Number.POSITIVE_INFINITY], '$[0] is Infinity'],
    [[undefined], '$[0] is a value of type undefined'],
    [{ a: 1n }, '$.a is a value of type bigint'],
    [{ when: new Date(0) }, '$.when is a Date'],
    [Float32Array.of(1), '$ is a Float32Array'],
  ])('refuses %o', (value, message) => {
    expect(() => canonicalJson(value)).toThrow(message);
  });
});
