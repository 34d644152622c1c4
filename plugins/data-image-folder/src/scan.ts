import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import type { SplitName } from '@archer-nas/core';
import { folderError } from './folder-error.ts';

/** An image file and the number of its class. */
export interface ImageFile {
  readonly path: string;
  readonly label: number;
}

/** What is in a folder, before anything is decoded. */
export interface Found {
  /** Sorted by name (code units, not a language's order). */
  readonly classes: readonly string[];
  /** By split, ordered by class and name; everything is `train` where there are no split folders. */
  readonly files: ReadonlyMap<SplitName, readonly ImageFile[]>;
  /** Files and folders that were passed over. */
  readonly ignored: number;
}

const EXTENSIONS = new Set(['.png', '.jpg', '.jpeg']);
const LAYOUT_HINT =
  'expected folder/<class>/*.png, or folder/train/<class>/*.png and likewise valid and test';

/**
 * Lists `folder/train/<class>/*` (with `valid` and `test` where they are), or
 * `folder/<class>/*` where there is no `train`.
 *
 * @throws ArcherError `ARCHER_DATA_MISSING`, `_LAYOUT`, or `_OUTSIDE` for a link that leads out
 */
export async function scan(folder: string): Promise<Found> {
  const root = await realpath(folder).catch(() => undefined);
  if (root === undefined || !(await stat(root)).isDirectory()) {
    throw folderError('MISSING', `${folder} is not a folder`, LAYOUT_HINT);
  }
  const lister = new Lister(root);
  const top = await lister.folders(root);
  const train = top.includes('train') ? join(root, 'train') : root;
  const classes = await lister.folders(train);
  if (classes.length < 2) {
    const has = classes.length === 0 ? 'no class folder' : `only the class ${classes[0]}`;
    throw folderError('LAYOUT', `${train} has ${has}, at least two are needed`, LAYOUT_HINT);
  }
  const files = new Map<SplitName, readonly ImageFile[]>();
  files.set('train', await lister.images(train, classes, classes));
  for (const name of train === root ? [] : (['valid', 'test'] as const)) {
    if (!top.includes(name)) continue;
    const here = join(root, name);
    files.set(name, await lister.images(here, await lister.folders(here), classes));
  }
  return { classes, files, ignored: lister.ignored };
}

/** Reads folders under a root, following links that stay in it. */
class Lister {
  readonly root: string;
  ignored = 0;

  constructor(root: string) {
    this.root = root;
  }

  /** Names of the folders in a folder, sorted; files beside them are passed over. */
  async folders(folder: string): Promise<string[]> {
    return this.#names(folder, (kind) => kind.isDirectory());
  }

  /** The images of the class folders `present`, numbered by their place in `classes`. */
  async images(
    folder: string,
    present: readonly string[],
    classes: readonly string[],
  ): Promise<readonly ImageFile[]> {
    const images: ImageFile[] = [];
    for (const name of present) {
      const label = classes.indexOf(name);
      const here = join(folder, name);
      if (label < 0) throw folderError('LAYOUT', `${here} is a class that train does not have`);
      const names = await this.#names(
        here,
        (kind, file) => kind.isFile() && EXTENSIONS.has(extname(file).toLowerCase()),
      );
      if (names.length === 0) {
        throw folderError('LAYOUT', `${here} has no PNG or JPEG file`, LAYOUT_HINT);
      }
      for (const file of names) images.push({ path: join(here, file), label });
    }
    return images;
  }

  async #names(
    folder: string,
    wanted: (kind: Pick<Dirent, 'isFile' | 'isDirectory'>, name: string) => boolean,
  ): Promise<string[]> {
    const names: string[] = [];
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue;
      const path = join(folder, entry.name);
      const kind = entry.isSymbolicLink() ? await this.#follow(path) : entry;
      if (wanted(kind, entry.name)) names.push(entry.name);
      else this.ignored++;
    }
    return names.sort((a, b) => (a < b ? -1 : 1));
  }

  async #follow(link: string): Promise<Pick<Dirent, 'isFile' | 'isDirectory'>> {
    const target = await realpath(link).catch(() => undefined);
    if (target === undefined) throw folderError('CORRUPT', `${link} is a link to nothing`);
    if (target.startsWith(this.root + sep)) return stat(target);
    throw folderError(
      'OUTSIDE',
      `${link} leads out of ${this.root}, to ${target}`,
      'copy the images into the folder, or name the folder that holds them',
    );
  }
}
