import { sha256Hex } from '@archer-nas/core';

/**
 * One spelling per value, so that equal values have equal hashes: keys sorted, typed arrays with
 * their type, `NaN`, infinities and -0 apart. A property that is `undefined` does not exist.
 *
 * @throws TypeError naming the place of a function or another class's instance
 */
export function traceText(value: unknown): string {
  return write(value, 'trace');
}

/** The first 32 hexadecimal digits of the SHA-256 of {@link traceText}. */
export function traceHash(value: unknown): string {
  return sha256Hex(traceText(value)).slice(0, 32);
}

function write(value: unknown, path: string): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (value === null || typeof value === 'boolean' || value === undefined) return String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) {
    return `[${Array.from(value, (item, i) => write(item, `${path}[${i}]`)).join(',')}]`;
  }
  if (ArrayBuffer.isView(value)) {
    const items = Array.from(value as Uint8Array, (item) => write(item, path));
    return `${value.constructor.name}[${items.join(',')}]`;
  }
  if (typeof value === 'object' && isPlain(value)) return writeObject(value, path);
  throw new TypeError(`${path} is no value that a trace can have: ${typeof value}`);
}

function writeObject(value: object, path: string): string {
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const written = entries.map(([key, item]) => {
    return `${JSON.stringify(key)}:${write(item, `${path}.${key}`)}`;
  });
  return `{${written.join(',')}}`;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
