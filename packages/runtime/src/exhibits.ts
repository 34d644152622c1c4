import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Conclusion } from '@archer-nas/core';
import { replaceFile, syncFolder } from './durable.ts';
import type { RunFolder } from './folders.ts';
import { type RunRecord, readRun } from './read-run.ts';

/** What a tracker shows of a finished run besides its own files. */
export interface Exhibition {
  readonly conclusion: Conclusion;
  /** By name, `/` between folders: a page, pictures of charts. Drawing takes seconds. */
  files(): Promise<ReadonlyMap<string, string | Uint8Array>>;
}

/** Makes an {@link Exhibition}; the same of the same run. */
export type Exhibit = (record: RunRecord) => Promise<Exhibition>;

/**
 * Puts into a finished run's folder what is shown of it, whole, unless it is there.
 * @returns its conclusion
 */
export async function prepareExhibits(folder: RunFolder, exhibit: Exhibit): Promise<Conclusion> {
  const { files, conclusion } = await exhibit(readRun(folder.root));
  if (existsSync(folder.exhibits)) return conclusion;
  const partial = `${folder.exhibits}.tmp`;
  rmSync(partial, { recursive: true, force: true });
  for (const [name, content] of await files()) replaceFile(join(partial, name), content);
  renameSync(partial, folder.exhibits);
  syncFolder(folder.root);
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
