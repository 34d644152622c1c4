import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { BinaryFile, Layout } from './layout.ts';
import { allFiles, binName, fileBytes } from './layout.ts';

/** What is wrong with one file, in words that follow its name. */
export interface Fault {
  readonly file: string;
  readonly kind: 'absent' | 'damaged';
  readonly what: string;
}

/** Compares the six files of a folder with what was published; reads every byte. */
export async function inspect(folder: string, layout: Layout): Promise<readonly Fault[]> {
  const faults: Fault[] = [];
  for (const file of allFiles(layout)) {
    const fault = await inspectFile(folder, file, fileBytes(layout));
    if (fault !== undefined) faults.push(fault);
  }
  return faults;
}

async function inspectFile(
  folder: string,
  file: BinaryFile,
  bytes: number,
): Promise<Fault | undefined> {
  const path = join(folder, binName(file));
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
  if (found === undefined) return { file: path, kind: 'absent', what: 'is not there' };
  if (found.size !== bytes) {
    return { file: path, kind: 'damaged', what: `has ${found.size} bytes, expected ${bytes}` };
  }
  const hash = createHash('md5');
  await pipeline(createReadStream(path), hash);
  const md5 = hash.digest('hex');
  if (md5 === file.md5) return undefined;
  return { file: path, kind: 'damaged', what: `has md5 ${md5}, expected ${file.md5}` };
}
