import type { State } from '@archer-nas/core';
import { cloneState } from '@archer-nas/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { state } from '../tools/states.ts';
import { decodeState, encodeState } from './state-codec.ts';

/** Trees with something that no state may hold, or with what comes back as something else. */
const strange = fc.constantFrom<() => unknown>(
  () => undefined,
  () => () => 0,
  () => 1n,
  () => Symbol('s'),
  () => new Map(),
  () => new Date(0),
  () => new (class Own {})(),
  () => new (class extends Float32Array {})(2),
  () => new BigInt64Array(1),
  () => new Uint8ClampedArray(1),
  () => new DataView(new ArrayBuffer(1)),
  () => new ArrayBuffer(1),
  () => Buffer.from('ab'),
  () => new Array(3),
  () => Object.create(null),
  () => JSON.parse('{"__proto__": {"a": 1}}'),
);
const hostileState = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    strange.map((make) => make()),
    state,
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(fc.string({ maxLength: 3 }), tie('tree'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).tree;

describe('encodeState', () => {
  it('gives every state back through JSON text', () => {
    fc.assert(
      fc.property(state, (value) => {
        const text = JSON.stringify(encodeState(value));
        expect(decodeState(JSON.parse(text))).toStrictEqual(value);
      }),
    );
  });

  it('writes what JSON has as JSON', () => {
    const plain = { a: [1, 'b', null, true], c: { d: -1.5 } };
    expect(encodeState(plain)).toStrictEqual(plain);
  });

  it('keeps bytes that arrays share with others apart', () => {
    const whole = Float32Array.of(1, 2, 3, 4);
    expect(decodeState(encodeState(whole.subarray(1, 3)))).toStrictEqual(Float32Array.of(2, 3));
    expect(decodeState(encodeState(Buffer.from('ab')))).toStrictEqual(Uint8Array.of(97, 98));
  });

  it('leaves the prototype of what it makes alone', () => {
    const hostile = JSON.parse('{"__proto__": {"polluted": true}}') as object;
    const decoded = decodeState(hostile) as { polluted?: unknown };
    expect(decoded.polluted).toBeUndefined();
    expect(Object.keys(decoded)).toStrictEqual(['__proto__']);
  });

  it.each([
    ['undefined', undefined],
    ['function', () => 0],
    ['bigint', 1n],
    ['Map', new Map()],
    ['Date', new Date(0)],
    ['BigInt64Array', new BigInt64Array(1)],
  ])('refuses a value of type %s and says where it is', (type, value) => {
    expect(() => encodeState({ a: [0, { b: value }] } as never)).toThrow(
      `state.a[1].b is of type ${type}.`,
    );
  });

  it('agrees with the copy that the kit makes of a state, what both refuse included', () => {
    const outcome = (use: () => unknown) => {
      try {
        return { value: use() };
      } catch {
        return 'refused';
      }
    };
    fc.assert(
      fc.property(fc.oneof(state, hostileState), (value) => {
        const stored = outcome(() =>
          decodeState(JSON.parse(JSON.stringify(encodeState(value as State)))),
        );
        const copied = outcome(() => cloneState(value as State));
        expect(copied).toStrictEqual(stored);
      }),
      { numRuns: 1000 },
    );
  });

  it('refuses to read what it did not write', () => {
    expect(() => decodeState({ $: 'eval', value: '1' })).toThrow(
      expect.objectContaining({ code: 'ARCHER_STATE_UNREADABLE' }),
    );
  });
});
