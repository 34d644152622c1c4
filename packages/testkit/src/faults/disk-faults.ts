import type { CallName, Errno, FileCall, Judge } from './file-call.ts';

/** Which calls a fault is about. All that is given must hold. */
export interface Where {
  /** Only calls of these names. */
  readonly calls?: readonly CallName[];
  /** Only calls whose path, or new name, matches. */
  readonly path?: RegExp;
  /** From the so many-th such call on, counted from 1; 1 unless given. */
  readonly from?: number;
  /** How many of them; all unless given. */
  readonly times?: number;
}

/** Calls that change something, or make it durable: where a run can die. */
export const CHANGES: readonly CallName[] = [
  'open',
  'write',
  'truncate',
  'fsync',
  'rename',
  'link',
  'unlink',
  'mkdir',
  'rmdir',
];

/** Tells whether a call is meant. Counts the calls that match, so make one per run. */
export function selector({ calls, path, from = 1, times = Number.POSITIVE_INFINITY }: Where) {
  let matching = 0;
  return (call: FileCall): boolean => {
    if (calls !== undefined && !calls.includes(call.name)) return false;
    if (path !== undefined && !path.test(call.path) && !path.test(call.to ?? '')) return false;
    matching++;
    return matching >= from && matching < from + times;
  };
}

/** Calls fail with a code. */
export function failing(code: Errno, where: Where): Judge {
  const meant = selector(where);
  return (call) => (meant(call) ? { fail: code } : undefined);
}

/**
 * A disk that is full from the `from`-th write on: of that write it takes the first half, as
 * disks do, and of later ones nothing.
 */
export function fullDisk(from: number, code: 'ENOSPC' | 'EDQUOT' = 'ENOSPC'): Judge {
  let writes = 0;
  return ({ name, bytes }) => {
    if (name !== 'write' || ++writes < from) return undefined;
    return { fail: code, taken: writes === from ? (bytes?.length ?? 0) >> 1 : 0 };
  };
}

/** Every write takes at most so many bytes, as network file systems do. */
export function shortWrites(most: number): Judge {
  return ({ name, bytes }) =>
    name === 'write' && (bytes?.length ?? 0) > most ? { taken: most } : undefined;
}

/**
 * The process dies before the `k`-th call that changes something; if that is a write, with
 * the first `taken` bytes of it on their way.
 */
export function crashAt(k: number, taken = 0): Judge {
  const meant = selector({ calls: CHANGES, from: k });
  return (call) => (meant(call) ? { crash: 'before', taken } : undefined);
}

/** Counts what {@link crashAt} counts, or the calls of one name. */
export function counting(only?: CallName): { readonly judge: Judge; readonly count: () => number } {
  let count = 0;
  const judge: Judge = ({ name }) => {
    if (only === undefined ? CHANGES.includes(name) : name === only) count++;
    return undefined;
  };
  return { judge, count: () => count };
}
