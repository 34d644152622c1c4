import type { State, TypedArray } from '@archer-nas/core';
import { type ArrayEncoding, base64Of, encodeState, type Json } from './state-codec.ts';

/** Stands for an array of which only the type is in the text. */
const PLACEHOLDER = '","base64":""}';

/**
 * The text of a state in parts, which are `text(encodeState(state))` one behind the other. Arrays
 * are parts of their own, so that nobody has to look for quotes in a megabyte of base64.
 *
 * @param text makes JSON of a value, in the order of its keys
 */
export function stateParts(state: State, text: (json: Json) => string): readonly string[] {
  const arrays: TypedArray[] = [];
  const aside: ArrayEncoding = {
    encode(array) {
      arrays.push(array);
      return { base64: '' };
    },
    decode: () => {
      throw new TypeError('what was put aside is not read');
    },
  };
  const texts = text(encodeState(state, aside)).split(PLACEHOLDER);
  // Objects that look like an empty array are as rare as they are allowed.
  if (texts.length !== arrays.length + 1) return [text(encodeState(state))];
  return texts.flatMap((before, i) => {
    const array = arrays[i];
    if (array === undefined) return [before];
    return [`${before}","base64":"`, base64Of(array), '"}'];
  });
}
