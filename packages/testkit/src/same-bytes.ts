import { expect } from 'vitest';

/**
 * Whether two typed arrays have one type and the same bytes, or `undefined`, for anything else, where
 * vitest looks for itself: element by element, hundred times slower.
 */
export function sameBytes(a: unknown, b: unknown): true | undefined {
  if (!ArrayBuffer.isView(a) || !ArrayBuffer.isView(b)) return undefined;
  if (a.constructor !== b.constructor || a.byteLength !== b.byteLength) return undefined;
  return bytesOf(a).equals(bytesOf(b)) ? true : undefined;
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}

// States are mostly arrays, and those that are compared are mostly equal.
expect.addEqualityTesters([sameBytes]);
