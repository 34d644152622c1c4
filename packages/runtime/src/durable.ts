import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { onDisk } from './disk-error.ts';

/** What file systems say that cannot sync folders: they have nothing to sync there. */
const NO_FOLDER_SYNC = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP']);

/** Makes renames and new names in `folder` survive a power cut. */
export function syncFolder(folder: string): void {
  // Windows cannot open folders; its file systems journal renames by themselves.
  if (process.platform === 'win32') return;
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } catch (error) {
    if (!NO_FOLDER_SYNC.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Makes a folder and those above it that are missing, so that they survive a power cut. One by
 * one: below /proc, Node's own recursive mkdir never returns.
 */
export function makeFolder(folder: string): void {
  if (isFolder(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) makeFolder(parent);
  try {
    mkdirSync(folder);
  } catch (error) {
    // Somebody else may have made it in between.
    if (!isFolder(folder)) throw error;
  }
  syncFolder(parent);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/**
 * Whether there is something at `path`. Unlike `existsSync` this tells what is not there from
 * what cannot be read.
 */
export function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    // There is nothing below a file.
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return false;
    throw error;
  }
}

/** Writes all of `bytes`, also where the system takes them in pieces. */
export function writeFully(descriptor: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.byteLength; ) {
    written += writeSync(descriptor, bytes, written, bytes.byteLength - written);
  }
}

/** Creates `file` with `bytes` and waits until the disk has them. */
export function writeSynced(file: string, bytes: Uint8Array): void {
  const descriptor = openSync(file, 'w');
  try {
    writeFully(descriptor, bytes);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** A name next to `file` that no other writer uses. */
export function temporaryName(file: string): string {
  return `${file}.${process.pid}-${randomUUID().slice(0, 8)}.tmp`;
}

/**
 * Puts `content` under `file` so that a reader, also after a crash, sees all of it or what
 * was there before: temporary name, fsync, rename, fsync of the folder.
 * @throws ArcherError `ARCHER_DISK`
 */
export function replaceFile(file: string, content: Uint8Array | string): void {
  onDisk(file, () => {
    makeFolder(dirname(file));
    const temporary = temporaryName(file);
    try {
      writeSynced(temporary, typeof content === 'string' ? Buffer.from(content) : content);
      renameSync(temporary, file);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
    syncFolder(dirname(file));
  });
}
