import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { endianness } from 'node:os';
import { dirname, join } from 'node:path';
import {
  ArcherError,
  type Progress,
  type State,
  sha256Hex,
  type TypedArray,
} from '@archer-nas/core';
import { onDisk } from './disk-error.ts';
import { makeFolder, syncFolder, temporaryName, writeFully, writeSynced } from './durable.ts';
import { checkFormat, FORMAT } from './format.ts';
import {
  type ArrayEncoding,
  bytesOf,
  type DType,
  decodeState,
  elementBytes,
  encodeState,
  isDType,
  makeArray,
} from './state-codec.ts';

const HEADER = 'header.json';
const ARRAYS = 'arrays.bin';
/** Arrays start at multiples of this, so that other tools can map them. */
const ALIGNMENT = 64;
const MAX_HEADER_BYTES = 2 ** 28;

/** What a checkpoint saves. */
export interface Saved {
  readonly job: string;
  readonly progress: Progress;
  readonly state: State;
}

/** One array of `arrays.bin`; its shape, if it has one, stands beside it in the state. */
interface ArrayEntry {
  readonly dtype: DType;
  readonly length: number;
  readonly offset: number;
  readonly sha256: string;
}

/** A checkpoint on disk. */
export interface WrittenCheckpoint {
  /** SHA-256 of the header, which has the hash of every array. */
  readonly hash: string;
  readonly bytes: number;
}

/**
 * Writes a checkpoint folder: `header.json` (the state with references to arrays, their
 * types, lengths and hashes) and `arrays.bin` (their little-endian bytes). The folder gets
 * its name by rename once everything is on disk. The same state gives the same bytes.
 * @throws ArcherError `ARCHER_DISK`
 */
export function writeCheckpoint(folder: string, saved: Saved): WrittenCheckpoint {
  assertLittleEndian();
  return onDisk(folder, () => {
    makeFolder(dirname(folder));
    const temporary = temporaryName(folder);
    try {
      mkdirSync(temporary);
      const { entries, state, size } = collectArrays(saved.state, join(temporary, ARRAYS));
      const { job, progress } = saved;
      const { done, total, unit } = progress;
      const facts = { format: FORMAT.checkpoint, job, progress: { done, total, unit } };
      // Keys keep the state's order: whoever iterates over them does so equally after a resume.
      const header = JSON.stringify({ ...facts, arrays: entries, arrayBytes: size, state });
      writeSynced(join(temporary, HEADER), Buffer.from(header));
      syncFolder(temporary);
      renameSync(temporary, folder);
      syncFolder(dirname(folder));
      return { hash: sha256Hex(header), bytes: size + Buffer.byteLength(header) };
    } catch (error) {
      rmSync(temporary, { recursive: true, force: true });
      throw error;
    }
  });
}

/** Streams the arrays of a state to `file`, in the order in which the state has them. */
function collectArrays(state: State, file: string) {
  const entries: ArrayEntry[] = [];
  const descriptor = openSync(file, 'w');
  let size = 0;
  try {
    const encoding: ArrayEncoding = {
      encode(array, dtype) {
        const padding = (ALIGNMENT - (size % ALIGNMENT)) % ALIGNMENT;
        writeFully(descriptor, new Uint8Array(padding));
        const offset = size + padding;
        writeFully(descriptor, bytesOf(array));
        size = offset + array.byteLength;
        entries.push({ dtype, length: array.length, offset, sha256: sha256Hex(bytesOf(array)) });
        return { array: entries.length - 1 };
      },
      decode: () => {
        throw new TypeError('this encoding only writes');
      },
    };
    const encoded = encodeState(state, encoding);
    fsyncSync(descriptor);
    return { entries, state: encoded, size };
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Reads a checkpoint and checks every byte of it against `hash`. Nothing is allocated for an
 * array before the file is known to have the claimed size.
 * @throws ArcherError `ARCHER_CHECKPOINT_CORRUPT` naming what is wrong, `ARCHER_FORMAT`
 */
export function readCheckpoint(folder: string, hash: string): Saved {
  assertLittleEndian();
  const header = readHeader(folder, hash);
  const file = join(folder, ARRAYS);
  const actual = sizeOf(file, folder);
  if (actual !== header.arrayBytes) {
    throw corrupt(folder, `${ARRAYS} has ${actual} bytes, expected ${header.arrayBytes}`);
  }
  const descriptor = openSync(file, 'r');
  try {
    const arrays = header.arrays.map((entry, index) =>
      readArray(descriptor, entry, { folder, index, limit: actual }),
    );
    const state = decodeState(header.state, {
      encode: () => {
        throw new TypeError('this encoding only reads');
      },
      decode: ({ array }) => arrays[Number(array)] as TypedArray, // the header's hash is right
    });
    return { job: header.job, progress: header.progress, state };
  } finally {
    closeSync(descriptor);
  }
}

interface Header extends Omit<Saved, 'state'> {
  readonly format: number;
  readonly arrays: readonly ArrayEntry[];
  readonly arrayBytes: number;
  readonly state: unknown;
}

function readHeader(folder: string, hash: string): Header {
  const file = join(folder, HEADER);
  const size = sizeOf(file, folder);
  if (size > MAX_HEADER_BYTES) throw corrupt(folder, `${HEADER} has ${size} bytes`);
  const text = readFileSync(file);
  if (sha256Hex(text) !== hash) throw corrupt(folder, `${HEADER} does not have its hash`);
  const header = JSON.parse(text.toString()) as Header;
  checkFormat('checkpoint', header.format, file);
  return header;
}

function readArray(
  descriptor: number,
  { dtype, length, offset, sha256 }: ArrayEntry,
  { folder, index, limit }: { folder: string; index: number; limit: number },
): TypedArray {
  const bytes = isDType(dtype) ? length * elementBytes(dtype) : Number.NaN;
  const fits = Number.isSafeInteger(length) && length >= 0 && offset >= 0;
  if (!fits || !(offset + bytes <= limit)) {
    throw corrupt(folder, `array ${index} claims ${length} elements that are not there`);
  }
  const array = makeArray(dtype, length);
  const into = bytesOf(array);
  for (let done = 0; done < into.byteLength; ) {
    const read = readSync(descriptor, into, done, into.byteLength - done, offset + done);
    if (read === 0) throw corrupt(folder, `${ARRAYS} ends within array ${index}`);
    done += read;
  }
  if (sha256Hex(into) !== sha256) {
    throw corrupt(folder, `array ${index} does not have its hash`);
  }
  return array;
}

function sizeOf(file: string, folder: string): number {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined || !stats.isFile()) throw corrupt(folder, `${file} is missing`);
  return stats.size;
}

function corrupt(folder: string, problem: string): ArcherError {
  return new ArcherError('ARCHER_CHECKPOINT_CORRUPT', `Checkpoint ${folder}: ${problem}.`);
}

function assertLittleEndian(): void {
  if (endianness() === 'LE') return;
  throw new ArcherError('ARCHER_BIG_ENDIAN', 'Checkpoints need a little-endian machine.');
}
