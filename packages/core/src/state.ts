/** The numeric arrays that a checkpoint stores as raw bytes. */
export type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array;

/**
 * Everything of a job that changes between two steps: a tree of JSON values and typed
 * arrays. A tensor is stored as {@link TensorState}. `NaN` and infinities are allowed;
 * `undefined`, functions, `Map`, `Date` and `bigint` are not.
 */
export type State =
  | null
  | boolean
  | number
  | string
  | TypedArray
  | readonly State[]
  | { readonly [key: string]: State };

/** A tensor's value: row-major data with its shape. */
export type TensorState = { readonly shape: readonly number[]; readonly data: TypedArray };
