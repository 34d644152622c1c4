import { isArcherError } from './errors.ts';

/**
 * What `read` takes from a plugin's dependencies, or `undefined` where the manifest has no such
 * block: reading an absent one throws.
 */
export function ifPresent<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isArcherError(error) && error.code === 'ARCHER_NO_BLOCK') return undefined;
    throw error;
  }
}
