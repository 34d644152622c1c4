import { ArcherError, EXIT } from '@archer-nas/core';

/** Not every command has the option. */
const ELSEWHERE = 'choose another place (of a run: with --out)';

/** What to do about an error of the disk, by its code. */
const ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: 'Free some space, then run the same command again: what was saved is intact.',
  EDQUOT: 'Free some of your quota, then run the same command again: what was saved is intact.',
  EACCES: `Give this user the right to it, or ${ELSEWHERE}.`,
  EPERM: `Give this user the right to it, or ${ELSEWHERE}.`,
  EROFS: `Its file system is read-only: mount it for writing, or ${ELSEWHERE}.`,
  EMFILE: 'Raise the limit of open files (ulimit -n), then run the same command again.',
  ENFILE: 'Close other programs: the system has no more open files. Then run it again.',
  EIO: 'The disk or the way to it fails: see the system log, save a copy of the run folder, and run the same command again on a sound disk.',
  ENOENT: 'It was removed while it was in use. Put it back, or run the same command again.',
  ENOTDIR: `A file stands where a folder is expected: move it away, or ${ELSEWHERE}.`,
  EISDIR: `A folder stands where a file is expected: ${ELSEWHERE}, or move the folder away.`,
  ENAMETOOLONG: `Choose a shorter name for the experiment, or ${ELSEWHERE}.`,
  ELOOP: `Its symbolic links go round in a circle: repair them, or ${ELSEWHERE}.`,
};

/** True for what the file system says, as Node.js throws it. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  const { code, syscall } = Object(error) as NodeJS.ErrnoException;
  return error instanceof Error && typeof code === 'string' && typeof syscall === 'string';
}

/** The error for a person: an error of the system at `path` with what to do; others as they are. */
export function diskError(path: string, error: unknown): unknown {
  if (!isSystemError(error)) return error;
  const { code = '', syscall, path: named } = error;
  // Temporary names say nothing to a person.
  const file = named === undefined || named.includes('.tmp') ? path : named;
  return new ArcherError('ARCHER_DISK', `${file}: ${reason(error)} (${code}, ${syscall}).`, {
    hint: ADVICE[code] ?? 'Repair that, then run the same command again.',
    exit: EXIT.failed,
    cause: error,
  });
}

/** `ENOSPC: no space left on device, write` without code and call. */
function reason({ message }: Error): string {
  return /^\w+: ([^,]*)/.exec(message)?.[1] ?? message;
}

/**
 * Does something with the file or folder `path`.
 * @throws ArcherError `ARCHER_DISK` naming the file and what to do, where the system refuses
 */
export function onDisk<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw diskError(path, error);
  }
}
