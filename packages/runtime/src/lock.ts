import { linkSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ArcherError, EXIT, isArcherError } from '@archer-nas/core';
import { onDisk } from './disk-error.ts';
import { temporaryName, writeSynced } from './durable.ts';
import { isOwner, isProvablyDead, type Owner, thisProcess } from './process-owner.ts';

/** A lock that this process holds. Released by `using`, by `release`, or when the process exits. */
export interface Lock extends Disposable {
  /** True when a dead process had left it. */
  readonly takenOver: boolean;
  release(): void;
}

/** Locks that this process has given up, but could not remove: their content by file. */
const unreleased = new Map<string, string>();

const MAX_GUARDS = 3;

/** What file systems say that have no hard links, such as FAT and some network mounts. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/**
 * Takes the lock `file`. It holds its owner from the first moment it exists.
 * @throws ArcherError `ARCHER_LOCKED` (exit code 7) naming the owner, unless that owner is
 * provably dead; `ARCHER_NO_LOCK` on file systems without hard links
 */
export function acquireLock(file: string, owner: Owner = thisProcess()): Lock {
  return onDisk(file, () => {
    const lock = acquire(file, owner, 0);
    removeAbandoned(file, owner);
    return lock;
  });
}

/** Between two attempts to take a lock. */
const AGAIN_MS = 250;

/**
 * Takes the lock `file`, and waits for it as long as `ARCHER_LOCK_PATIENCE` says, in seconds; not
 * at all without it. Launchers set it: a process of a launch that was killed may need a moment to
 * save its checkpoint.
 * @param isToStop ends the waiting early
 * @throws ArcherError as {@link acquireLock}
 */
export async function awaitLock(file: string, isToStop: () => boolean): Promise<Lock> {
  const patienceMs = 1000 * (Number(process.env.ARCHER_LOCK_PATIENCE) || 0);
  for (const endMs = performance.now() + patienceMs; ; ) {
    try {
      return acquireLock(file);
    } catch (error) {
      const isHeld = isArcherError(error) && error.code === 'ARCHER_LOCKED';
      if (!isHeld || isToStop() || performance.now() >= endMs) throw error;
    }
    await wait(AGAIN_MS);
  }
}

/** True while a process holds the lock `file`, as far as can be known. */
export function isLocked(file: string): boolean {
  const found = readIfThere(file);
  if (found === undefined) return false;
  const owner = parseOwner(found);
  return owner === undefined || !isProvablyDead(owner);
}

function acquire(file: string, owner: Owner, guards: number): Lock {
  const content = `${JSON.stringify(owner)}\n`;
  if (createWith(file, content)) return held(file, content, false);
  const found = readIfThere(file);
  // Released in between: the next attempt decides.
  if (found === undefined) return acquire(file, owner, guards);
  const previous = parseOwner(found);
  const isFree = unreleased.get(file) === found || (previous && isProvablyDead(previous, owner));
  if (!isFree || guards >= MAX_GUARDS) {
    throw locked(file, previous);
  }
  // Two processes may both see the dead owner: only the one with the guard replaces it.
  const guard = acquire(`${file}.takeover`, owner, guards + 1);
  try {
    if (readIfThere(file) !== found) return acquire(file, owner, guards + 1);
    const temporary = temporaryName(file);
    writeSynced(temporary, Buffer.from(content));
    renameSync(temporary, file);
    unreleased.delete(file);
    return held(file, content, true);
  } finally {
    guard.release();
  }
}

/** Removes what processes left that died while they took the lock. */
function removeAbandoned(file: string, observer: Owner): void {
  for (const name of readdirSync(dirname(file))) {
    if (!name.startsWith(`${basename(file)}.`) || !name.endsWith('.tmp')) continue;
    const path = join(dirname(file), name);
    const owner = parseOwner(readIfThere(path) ?? '');
    if (owner !== undefined && isProvablyDead(owner, observer)) rmSync(path, { force: true });
  }
}

/** Creates `file` with its content in one step; false when it exists. */
function createWith(file: string, content: string): boolean {
  const temporary = temporaryName(file);
  writeSynced(temporary, Buffer.from(content));
  try {
    linkSync(temporary, file);
    return true;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    throw NO_LINKS.has(code) ? noLock(file, error) : error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Who holds a lock, for people; `undefined`: nobody. Takes nothing. */
export function lockState(file: string): string | undefined {
  const found = readIfThere(file);
  if (found === undefined) return undefined;
  const owner = parseOwner(found);
  if (owner === undefined) return 'is held, and does not name its owner';
  const who = `process ${owner.pid} on ${owner.host}`;
  if (isProvablyDead(owner, thisProcess())) return `was left by ${who}, which is dead`;
  return `is held by ${who}`;
}

function held(file: string, content: string, takenOver: boolean): Lock {
  const release = (): void => {
    process.off('exit', release);
    try {
      if (readIfThere(file) === content) rmSync(file, { force: true });
    } catch {
      // The disk refuses. Once this process is gone its lock is taken over; until then:
      unreleased.set(file, content);
    }
  };
  process.on('exit', release);
  return { takenOver, release, [Symbol.dispose]: release };
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function parseOwner(text: string): Owner | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isOwner(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function locked(file: string, owner: Owner | undefined): ArcherError {
  const who =
    owner === undefined
      ? 'a lock file that does not name its owner'
      : `process ${owner.pid} on ${owner.host}`;
  return new ArcherError('ARCHER_LOCKED', `${file} is held by ${who}.`, {
    exit: EXIT.locked,
    hint: 'Wait for that run or stop it. Delete the file only if you know that nothing runs there.',
  });
}

function noLock(file: string, cause: unknown): ArcherError {
  return new ArcherError('ARCHER_NO_LOCK', `${file} cannot be made: no hard links there.`, {
    hint: 'Two runs at once could not be told apart: choose an --out on another file system.',
    cause,
  });
}
