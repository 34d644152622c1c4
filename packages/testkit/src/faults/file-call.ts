import { errno } from './errno.ts';

/** What a program asks of the file system; reading is there to be made to fail. */
export type CallName =
  | 'open'
  | 'read'
  | 'write'
  | 'truncate'
  | 'fsync'
  | 'rename'
  | 'link'
  | 'unlink'
  | 'mkdir'
  | 'rmdir'
  | 'stat'
  | 'scandir';

/** One call, as it is about to be made. */
export interface FileCall {
  /** Counts from 1. */
  readonly number: number;
  readonly name: CallName;
  /** Absolute; of a rename or link the name that is there. */
  readonly path: string;
  /** The new name of a rename or link. */
  readonly to?: string;
  /** Flags of an open, such as `r`, `w`, `a`. */
  readonly flags?: string;
  /** The file handle of an open file, which names it through renames. */
  readonly descriptor?: number;
  /** What a write writes; read it before the call returns. */
  readonly bytes?: Uint8Array;
  /** Where a write begins; absent: where the file's own position is. */
  readonly position?: number;
  /** The new size of a truncation. */
  readonly size?: number;
}

/** Error codes that a call can be made to fail with. */
export type Errno = keyof typeof errno;

/** What becomes of a call. `undefined`: it is made. */
export interface Verdict {
  /** It fails with this code. */
  readonly fail?: Errno;
  /** A write takes only so many bytes: a short write, or the beginning of one that fails. */
  readonly taken?: number;
  /** The process is dead from before or after this call on: it and all later ones throw. */
  readonly crash?: 'before' | 'after';
  /** Told once the call was made. */
  readonly made?: (result: unknown) => void;
}

/** Decides about each call. */
export type Judge = (call: FileCall) => Verdict | undefined;

/** What a dead process's calls throw: no handler of the product may tell it from death. */
export class Crash extends Error {
  override name = 'Crash';
  readonly call: FileCall;

  constructor(call: FileCall) {
    super(`died at call ${call.number}: ${call.name} ${call.path}`);
    this.call = call;
  }
}

/** The error that Node.js throws for a failed call. */
export function systemError(code: Errno, { name, path, to }: FileCall): NodeJS.ErrnoException {
  const { number, text } = errno[code];
  const arrow = to === undefined ? '' : ` -> '${to}'`;
  return Object.assign(new Error(`${code}: ${text}, ${name} '${path}'${arrow}`), {
    ...{ errno: -number, code, syscall: name, path },
    ...(to === undefined ? {} : { dest: to }),
  });
}
