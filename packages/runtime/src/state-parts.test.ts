import type { State } from '@archer-nas/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { state } from '../tools/states.ts';
import { encodeState, type Json } from './state-codec.ts';
import { stateParts } from './state-parts.ts';

const text = (json: Json): string => JSON.stringify({ event: 'step', body: json });

describe('stateParts', () => {
  it('are the text of the encoded state', () => {
    fc.assert(
      fc.property(state, (value) => {
        expect(stateParts(value, text).join('')).toBe(text(encodeState(value)));
      }),
    );
  });

  it('keep arrays apart from the text', () => {
    const value = { a: Int32Array.of(1, 2), b: 'c' };
    expect(stateParts(value, text)).toContain('AQAAAAIAAAA=');
  });

  it.each<State>([
    { first: { $: 'int8', base64: '' }, second: Int8Array.of(1) },
    [new Float32Array(0), { $: 'x","base64":""}' }, Float32Array.of(1)],
  ])('tell arrays from objects that look like them: %j', (value) => {
    expect(stateParts(value, text).join('')).toBe(text(encodeState(value)));
  });
});
