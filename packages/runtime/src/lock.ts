import { linkSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { ArcherError, EXIT } from '@archer-nas/core';
import { temporaryName, writeSynced } from './durable.ts';
import { isOwner, isProvablyDead, type Owner, thisProcess } from './process-owner.ts';

/** A lock that this process holds. Released by `using`, by `release`, or when the process exits. */
export interface Lock extends Disposable {
  /** True when a dead process had left it. */
  readonly takenOver: boolean;
  release(): void;
}

const MAX_GUARDS = 3;

/**
 * Takes the lock `file`. It holds its owner from the first moment it exists.
 * @throws ArcherError `ARCHER_LOCKED` (exit code 7) naming the owner, unless that owner is
 * provably dead
 */
export function acquireLock(file: string, owner: Owner = thisProcess()): Lock {
  return acquire(file, owner, 0);
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
  if (previous === undefined || !isProvablyDead(previous, owner) || guards >= MAX_GUARDS) {
    throw locked(file, previous);
  }
  // Two processes may both see the dead owner: only the one with the guard replaces it.
  const guard = acquire(`${file}.takeover`, owner, guards + 1);
  try {
    if (readIfThere(file) !== found) return acquire(file, owner, guards + 1);
    const temporary = temporaryName(file);
    writeSynced(temporary, Buffer.from(content));
    renameSync(temporary, file);
    return held(file, content, true);
  } finally {
    guard.release();
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
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
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
    if (readIfThere(file) === content) rmSync(file, { force: true });
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
