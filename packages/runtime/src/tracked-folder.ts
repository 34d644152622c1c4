import { readFileSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import type { State, TrackedFolder, TrackerShelf } from '@archer-nas/core';
import { makeFolder, replaceFile } from './durable.ts';
import type { RunFolder } from './folders.ts';
import { journalLines } from './line-reader.ts';
import { acquireLock } from './lock.ts';
import { decodeState, encodeState } from './state-codec.ts';

/** A run folder as the tracker `id` may use it: its memory is `trackers/<id>.json`. */
export function trackedFolder(folder: RunFolder, id: string): TrackedFolder {
  const file = join(folder.trackers, `${id}.json`);
  return {
    lines: () => journalLines(folder.journal),
    file: (name) => readInside(folder.root, name),
    takeShelf: () => takeShelf(file),
  };
}

function takeShelf(file: string): TrackerShelf {
  makeFolder(dirname(file));
  const lock = acquireLock(`${file}.lock`);
  return {
    read: () => readShelf(file),
    write: (value) => replaceFile(file, `${JSON.stringify(encodeState(value), null, 2)}\n`),
    [Symbol.dispose]: () => lock.release(),
  };
}

/** A memory that is damaged is as good as none: the tracker looks at the server then. */
function readShelf(file: string): State | undefined {
  const text = readIfThere(file)?.toString();
  try {
    return text === undefined ? undefined : decodeState(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Names that lead out of the folder name nothing. */
function readInside(root: string, name: string): Uint8Array | undefined {
  const file = resolve(root, name);
  return file.startsWith(resolve(root) + sep) ? readIfThere(file) : undefined;
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
