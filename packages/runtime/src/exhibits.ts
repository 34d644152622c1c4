import { existsSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Conclusion } from '@archer-nas/core';
import { replaceFile } from './durable.ts';
import type { RunFolder } from './folders.ts';
import { type RunRecord, readRun } from './read-run.ts';

/** What a tracker shows of a finished run besides its own files. */
export interface Exhibition {
  /** By name, `/` between folders: a page, pictures of charts. */
  readonly files: ReadonlyMap<string, string | Uint8Array>;
  readonly conclusion: Conclusion;
}

/** Makes an {@link Exhibition}; the same of the same run. */
export type Exhibit = (record: RunRecord) => Promise<Exhibition>;

/**
 * Puts into a finished run's folder what is shown of it.
 * @returns its conclusion
 */
export async function prepareExhibits(folder: RunFolder, exhibit: Exhibit): Promise<Conclusion> {
  const { files, conclusion } = await exhibit(readRun(folder.root));
  for (const [name, content] of files) replaceFile(join(folder.exhibits, name), content);
  return conclusion;
}

/** The files that are there, as names in the run folder. */
export function exhibitNames({ root, exhibits }: RunFolder): string[] {
  if (!existsSync(exhibits)) return [];
  return readdirSync(exhibits, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.tmp'))
    .map(({ parentPath, name }) => relative(root, join(parentPath, name)).split(sep).join('/'))
    .sort();
}
