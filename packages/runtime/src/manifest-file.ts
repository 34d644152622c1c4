import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ArcherError,
  type ErrorDetails,
  EXIT,
  type Manifest,
  parseManifest,
} from '@archer-nas/core';

/** Core reads fewer characters; what is longer is not even brought into memory. */
const MAX_BYTES = 2 ** 22;

/**
 * Reads a manifest file. Only regular files are read: a pipe or a device might never end.
 * @throws ArcherError `ARCHER_MANIFEST`
 */
export function readManifestFile(path: string): Manifest {
  return parseManifest(textOf(path, bytesOf(path)), path);
}

function bytesOf(path: string): Buffer {
  const file = open(path);
  try {
    const status = fstatSync(file);
    if (status.isDirectory()) {
      const inside = `Name the file, perhaps ${join(path, 'manifest.yaml')}.`;
      throw unreadable(`${path} is a folder.`, { hint: inside });
    }
    if (!status.isFile()) throw unreadable(`${path} is no regular file.`);
    if (status.size > MAX_BYTES) {
      throw unreadable(`${path} has ${status.size} bytes; a manifest has at most ${MAX_BYTES}.`);
    }
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

function open(path: string): number {
  if (path.includes('\0')) throw unreadable('The name of the manifest has a NUL character.');
  try {
    // Without waiting for somebody to write into a pipe.
    return openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const absent = code === 'ENOENT' || code === 'ENOTDIR';
    const problem = absent ? `There is no manifest ${path}.` : `${path} cannot be read (${code}).`;
    throw unreadable(problem, { cause });
  }
}

function textOf(path: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ArcherError('ARCHER_MANIFEST', `${path} is not UTF-8 text.`, {
      hint: 'Save it as UTF-8.',
      exit: EXIT.manifest,
      cause,
    });
  }
}

function unreadable(problem: string, details: ErrorDetails = {}): ArcherError {
  return new ArcherError('ARCHER_MANIFEST', problem, {
    hint: 'Name a YAML or JSON file; archer init writes one.',
    exit: EXIT.usage,
    ...details,
  });
}
