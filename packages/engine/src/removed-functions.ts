import { createRequire } from 'node:module';
import { types } from 'node:util';

/** Functions of `node:util` that Node 23 removed and tfjs-node 4.22 still calls. */
const REMOVED: Readonly<Record<string, (value: unknown) => boolean>> = {
  isArray: Array.isArray,
  isBoolean: (value) => typeof value === 'boolean',
  isBuffer: (value) => Buffer.isBuffer(value),
  isDate: types.isDate,
  isError: (value) => value instanceof Error || types.isNativeError(value),
  isFunction: (value) => typeof value === 'function',
  isNull: (value) => value === null,
  isNullOrUndefined: (value) => value === null || value === undefined,
  isNumber: (value) => typeof value === 'number',
  isObject: (value) => value !== null && typeof value === 'object',
  isPrimitive: (value) => value === null || !['object', 'function'].includes(typeof value),
  isRegExp: types.isRegExp,
  isString: (value) => typeof value === 'string',
  isSymbol: (value) => typeof value === 'symbol',
  isUndefined: (value) => value === undefined,
};

/** Puts them back where they are missing. To be called before tfjs-node is imported. */
export function restoreRemovedFunctions(
  util: Record<string, unknown> = createRequire(import.meta.url)('node:util'),
): void {
  for (const [name, test] of Object.entries(REMOVED)) util[name] ??= test;
}
