import { createHash } from 'node:crypto';
import { ArcherError } from './errors.ts';

/** SHA-256 in lower-case hexadecimal; text is hashed as UTF-8. */
export function sha256Hex(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/**
 * JSON with one spelling per value, so that equal values have equal hashes. Keys are sorted
 * by UTF-16 code units, there is no white space, numbers are JavaScript's shortest form and
 * -0 is written `0`. A property whose value is `undefined` does not exist.
 *
 * @throws ArcherError `ARCHER_NOT_CANONICAL`, naming the place, for what JSON would silently
 * change: NaN, infinities, `undefined` in a list, typed arrays, class instances, functions,
 * bigints, symbols
 */
export function canonicalJson(value: unknown): string {
  return write(value, '$');
}

function write(value: unknown, path: string): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') {
    return JSON.stringify(value);
  }
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) {
    return `[${Array.from(value, (item, i) => write(item, `${path}[${i}]`)).join(',')}]`;
  }
  if (isRecord(value)) {
    const keys = Object.keys(value).filter((key) => value[key] !== undefined);
    const entries = keys.sort().map((key) => {
      return `${JSON.stringify(key)}:${write(value[key], `${path}.${key}`)}`;
    });
    return `{${entries.join(',')}}`;
  }
  throw new ArcherError(
    'ARCHER_NOT_CANONICAL',
    `${path} is ${describe(value)}, which has no canonical JSON form`,
    { hint: 'Expected null, booleans, finite numbers, strings, lists and plain objects.' },
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function describe(value: unknown): string {
  if (typeof value === 'object' && value !== null) return `a ${value.constructor.name}`;
  return typeof value === 'number' ? String(value) : `a value of type ${typeof value}`;
}
