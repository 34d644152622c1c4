import { ArcherError, type State, type TypedArray } from '@archer-nas/core';

/** A JSON value; what {@link encodeState} returns. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/** Element types of typed arrays, as they are named on disk. */
export type DType =
  | 'float32'
  | 'float64'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'uint8'
  | 'uint16'
  | 'uint32';

const CONSTRUCTORS = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
} as const;

const DTYPES = new Map<unknown, DType>(
  Object.entries(CONSTRUCTORS).map(([name, arrayType]) => [arrayType, name as DType]),
);

/** Objects with this key are the codec's own; a state's object that has it is wrapped. */
const TAG = '$';
/** A JSON text without this is its own state: {@link decodeState} would give the same. */
export const CODEC_MARK = `"${TAG}":`;

/** How typed arrays are stored: in the text, or beside it. */
export interface ArrayEncoding {
  encode(array: TypedArray, dtype: DType): { readonly [key: string]: Json };
  decode(value: Readonly<Record<string, unknown>>, dtype: DType): TypedArray;
}

/** Bytes of one element. */
export function elementBytes(dtype: DType): number {
  return CONSTRUCTORS[dtype].BYTES_PER_ELEMENT;
}

/** True for the name of an element type. */
export function isDType(name: unknown): name is DType {
  return typeof name === 'string' && Object.hasOwn(CONSTRUCTORS, name);
}

/** A typed array of `length` zeros. */
export function makeArray(dtype: DType, length: number): TypedArray {
  return new CONSTRUCTORS[dtype](length);
}

/** The memory of an array as bytes, without a copy. */
export function bytesOf(array: TypedArray): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** The bytes of an array in base64. */
export function base64Of({ buffer, byteOffset, byteLength }: TypedArray): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}

/** Typed arrays as base64 in the text: for small ones. */
export const inlineArrays: ArrayEncoding = {
  encode: (array) => ({ base64: base64Of(array) }),
  decode: ({ base64 }, dtype) => {
    const bytes = Buffer.from(String(base64), 'base64');
    const array = makeArray(dtype, Math.floor(bytes.byteLength / elementBytes(dtype)));
    bytesOf(array).set(bytes.subarray(0, array.byteLength));
    return array;
  },
};

/**
 * A state as a JSON value from which {@link decodeState} makes exactly the same state:
 * `NaN`, infinities and -0 keep their value.
 * @throws ArcherError `ARCHER_STATE_INVALID` naming the place of what no state may hold
 */
export function encodeState(state: State, arrays: ArrayEncoding = inlineArrays): Json {
  return encode(state, arrays, 'state');
}

function encode(value: unknown, arrays: ArrayEncoding, path: string): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return encodeNumber(value);
  if (typeof value !== 'object') throw invalid(path, typeof value);
  if (Array.isArray(value)) {
    // Not map, which leaves out what a sparse array lacks.
    return Array.from(value, (item, index) => encode(item, arrays, `${path}[${index}]`));
  }
  if (ArrayBuffer.isView(value)) return encodeArray(value, arrays, path);
  return encodeObject(value, arrays, path);
}

function encodeNumber(value: number): Json {
  if (Number.isFinite(value) && !Object.is(value, -0)) return value;
  return { [TAG]: 'number', value: Object.is(value, -0) ? '-0' : String(value) };
}

function encodeArray(view: ArrayBufferView, arrays: ArrayEncoding, path: string): Json {
  // A Buffer is a Uint8Array with other methods: it comes back as what it stores.
  const dtype = Buffer.isBuffer(view) ? 'uint8' : DTYPES.get(view.constructor);
  if (dtype === undefined) throw invalid(path, view.constructor.name);
  return { [TAG]: dtype, ...arrays.encode(view as TypedArray, dtype) };
}

function encodeObject(value: object, arrays: ArrayEncoding, path: string): Json {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw invalid(path, value.constructor.name);
  }
  const entries = Object.entries(value).map(
    ([key, item]) => [key, encode(item, arrays, `${path}.${key}`)] as const,
  );
  const object = Object.fromEntries(entries);
  return Object.hasOwn(object, TAG) ? { [TAG]: 'object', value: object } : object;
}

function invalid(path: string, found: string): ArcherError {
  return new ArcherError('ARCHER_STATE_INVALID', `${path} is of type ${found}.`, {
    hint: 'A state holds null, booleans, numbers, strings, typed arrays, arrays and plain objects.',
  });
}

/** Inverse of {@link encodeState}. @throws ArcherError `ARCHER_STATE_UNREADABLE` */
export function decodeState(json: unknown, arrays: ArrayEncoding = inlineArrays): State {
  if (Array.isArray(json)) return json.map((item) => decodeState(item, arrays));
  if (typeof json !== 'object' || json === null) return json as State;
  if (!Object.hasOwn(json, TAG)) return decodeObject(json, arrays);
  const tagged = json as Readonly<Record<string, unknown>>;
  const tag = tagged[TAG];
  if (tag === 'number') return Number(tagged.value);
  if (tag === 'object') return decodeObject(tagged.value as object, arrays);
  if (isDType(tag)) return arrays.decode(tagged, tag);
  throw new ArcherError('ARCHER_STATE_UNREADABLE', `unknown value type ${JSON.stringify(tag)}`);
}

function decodeObject(json: object, arrays: ArrayEncoding): State {
  // fromEntries defines properties: a key `__proto__` stays data.
  return Object.fromEntries(
    Object.entries(json).map(([key, value]) => [key, decodeState(value, arrays)]),
  );
}
