import { inflateSync } from 'node:zlib';

/** An array of a MATLAB file: its dimensions, and its values in column-major order. */
export interface MatArray {
  readonly dimensions: readonly number[];
  readonly values: Uint8Array | Float64Array;
}

const HEADER_BYTES = 128;
/** Data types of the level-5 format that are read here. */
const [INT8, UINT8, INT32, DOUBLE, MATRIX, COMPRESSED] = [1, 2, 5, 9, 14, 15] as const;

interface Element {
  readonly type: number;
  readonly data: Uint8Array;
  /** Where the next element begins. */
  readonly end: number;
}

/**
 * The numeric arrays of a MATLAB level-5 file by name, compressed or not: those of bytes and of
 * doubles, little-endian, which is what SVHN consists of.
 *
 * @param most bytes that a compressed array may unpack to
 * @throws Error saying what is not read
 */
export function readMatFile(file: Uint8Array, most: number): Map<string, MatArray> {
  if (file.length < HEADER_BYTES || file[126] !== 0x49 || file[127] !== 0x4d) {
    throw new Error('it is no little-endian MATLAB level-5 file');
  }
  const arrays = new Map<string, MatArray>();
  for (let at = HEADER_BYTES; at < file.length; ) {
    const { type, data, end } = elementAt(file, at, false);
    const [array] =
      type === COMPRESSED
        ? [elementAt(inflateSync(data, { maxOutputLength: most }), 0)]
        : [{ type, data }];
    if (array?.type === MATRIX) {
      const { name, ...rest } = matrix(array.data);
      arrays.set(name, rest);
    }
    at = end;
  }
  return arrays;
}

/**
 * The element at a place. Small elements, of at most four bytes, have their size in the upper half
 * of the type; others are padded to eight bytes, except compressed ones.
 */
function elementAt(bytes: Uint8Array, at: number, padded = true): Element {
  if (at + 8 > bytes.length) throw new Error('it ends within an element');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const first = view.getUint32(at, true);
  if (first >>> 16 !== 0) {
    const size = Math.min(first >>> 16, 4);
    return { type: first & 0xffff, data: bytes.subarray(at + 4, at + 4 + size), end: at + 8 };
  }
  const size = view.getUint32(at + 4, true);
  const end = at + 8 + size;
  if (end > bytes.length) throw new Error('it ends within an element');
  const next = padded ? Math.ceil(end / 8) * 8 : end;
  return { type: first, data: bytes.subarray(at + 8, end), end: next };
}

/** Flags, dimensions, name, values. */
function matrix(bytes: Uint8Array): MatArray & { readonly name: string } {
  const flags = elementAt(bytes, 0);
  const dimensions = elementAt(bytes, flags.end);
  const name = elementAt(bytes, dimensions.end);
  const values = elementAt(bytes, name.end);
  if (dimensions.type !== INT32 || name.type !== INT8) throw new Error('it has an unknown array');
  return {
    name: Buffer.from(name.data).toString('latin1'),
    dimensions: Array.from({ length: dimensions.data.length / 4 }, (_, i) =>
      viewOf(dimensions.data).getInt32(4 * i, true),
    ),
    values: valuesOf(values),
  };
}

function valuesOf({ type, data }: Element): Uint8Array | Float64Array {
  if (type === UINT8) return data;
  if (type !== DOUBLE) throw new Error(`it has values of the type ${type}`);
  const view = viewOf(data);
  return Float64Array.from({ length: data.length / 8 }, (_, i) => view.getFloat64(8 * i, true));
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
