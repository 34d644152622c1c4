import type { State, TypedArray } from '@archer-nas/core';

const ARRAYS: readonly (new (values: never) => TypedArray)[] = [
  Float32Array,
  Float64Array,
  Int8Array,
  Int16Array,
  Int32Array,
  Uint8Array,
  Uint16Array,
  Uint32Array,
];

/**
 * A copy of a state that shares nothing with it, as a checkpoint would make one.
 *
 * @throws TypeError naming the place of anything that is no {@link State}: `undefined`,
 * functions, class instances, bigints, symbols, cycles
 */
export function cloneState(state: State): State {
  return copy(state, 'state', []);
}

function copy(value: unknown, path: string, parents: readonly unknown[]): State {
  if (value === null) return null;
  if (typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string') {
    return value;
  }
  if (parents.includes(value)) throw new TypeError(`${path} contains itself`);
  const inside = [...parents, value];
  if (Array.isArray(value)) {
    return Array.from(value, (item, i) => copy(item, `${path}[${i}]`, inside));
  }
  // A Buffer is a Uint8Array with other methods: it comes back as what it stores.
  const type = Buffer.isBuffer(value) ? Uint8Array : ARRAYS.find((one) => isOf(value, one));
  if (type !== undefined) return new type(value as never);
  if (isPlain(value)) {
    const entries = Object.entries(value);
    return Object.fromEntries(entries.map(([key, v]) => [key, copy(v, `${path}.${key}`, inside)]));
  }
  throw new TypeError(`${path} is ${kindOf(value)}, which no checkpoint can hold`);
}

/** Its own class: one that extends it would come back as another one. */
function isOf(value: unknown, type: (typeof ARRAYS)[number]): boolean {
  return typeof value === 'object' && value?.constructor === type;
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function kindOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? `a ${value.constructor.name}` : typeof value;
}
