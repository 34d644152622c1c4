import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

import { ArcherError, EXIT } from '@archer-nas/core';

/**
 * Writes beside the place, then renames: readers see the old state or the whole file.
 *
 * @throws ArcherError `ARCHER_DATA_UNWRITABLE`; then nothing is left behind
 */
export async function writeWhole(path: string, content: Uint8Array): Promise<void> {
  const partial = `${path}.${process.pid}-${randomUUID()}.partial`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(partial, 'wx');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    const code = (error as NodeJS.ErrnoException).code;
    throw new ArcherError('ARCHER_DATA_UNWRITABLE', `${path} cannot be written (${code}).`, {
      hint: 'Set ARCHER_DATA or --data to a folder with space that may be written.',
      exit: EXIT.data,
      cause: error,
    });
  }
}
