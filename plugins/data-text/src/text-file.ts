import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { ArcherError, EXIT } from '@archer-nas/core';

/** Larger files are not read into memory. */
export const MOST_BYTES = 256 * 2 ** 20;

/** What to do where a file is not there. */
export interface Wanted {
  readonly hint: string;
}

/**
 * The bytes of a file.
 * @throws ArcherError `ARCHER_DATA_MISSING`, naming what the folder has instead, or
 * `ARCHER_DATA_UNUSABLE` for a folder or a file of more than {@link MOST_BYTES}
 */
export async function bytesOf(path: string, { hint }: Wanted, most = MOST_BYTES): Promise<Buffer> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
  if (found === undefined) {
    throw new ArcherError('ARCHER_DATA_MISSING', await whatIsThere(path), {
      hint,
      exit: EXIT.data,
    });
  }
  if (!found.isFile()) throw unusable(`${path} is not a file.`, hint);
  if (found.size > most) {
    const sizes = `${found.size.toLocaleString('en')} bytes; at most ${most.toLocaleString('en')}`;
    throw unusable(`${path} has ${sizes} are read.`, 'Bring a part of the text.');
  }
  return readFile(path);
}

/**
 * The text of a file's bytes, without a byte order mark.
 * @throws ArcherError `ARCHER_DATA_CORRUPT` where it is not UTF-8, naming the first byte that is
 * not, and `ARCHER_DATA_SHORT` where there is nothing
 */
export function textOf(bytes: Buffer, path: string): string {
  const text = bytes.toString('utf8');
  const again = Buffer.from(text, 'utf8');
  if (!again.equals(bytes)) {
    const at = bytes.findIndex((byte, i) => byte !== again[i]);
    throw new ArcherError('ARCHER_DATA_CORRUPT', `${path} is not UTF-8 from byte ${at} on.`, {
      hint: 'Convert it: iconv -f latin1 -t utf-8, with the encoding that it has.',
      exit: EXIT.data,
    });
  }
  const content = text.startsWith('\uFEFF') ? text.slice(1) : text;
  if (content !== '') return content;
  throw new ArcherError('ARCHER_DATA_SHORT', `${path} is empty.`, {
    hint: 'Bring a file with text.',
    exit: EXIT.data,
  });
}

async function whatIsThere(path: string): Promise<string> {
  const folder = dirname(path);
  const names = await readdir(folder).catch(() => undefined);
  if (names === undefined) return `There is no folder ${folder} to read ${basename(path)} from.`;
  const listed = names.sort().slice(0, 8).join(', ');
  const has = names.length === 0 ? 'is empty' : `has ${listed}${names.length > 8 ? ', …' : ''}`;
  return `There is no ${basename(path)} in ${folder}, which ${has}.`;
}

function unusable(message: string, hint: string): ArcherError {
  return new ArcherError('ARCHER_DATA_UNUSABLE', message, { hint, exit: EXIT.data });
}
