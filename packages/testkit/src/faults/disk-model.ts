import { basename, dirname, join } from 'node:path';
import type { DiskChange, Recording } from './record-files.ts';

/** A file: what the disk has of it for certain, and what was written since. */
interface FileNode {
  durable: Uint8Array;
  pending: FileEdit[];
}

type FileEdit =
  | { readonly position: number; readonly bytes: Uint8Array }
  | { readonly size: number };

/** A folder: the names that the disk has for certain, and what became of names since. */
interface FolderNode {
  durable: Map<string, DiskNode>;
  pending: NameEdit[];
}

/** Names that change together: a rename drops one and sets another. */
interface NameEdit {
  readonly set?: readonly [name: string, node: DiskNode];
  readonly drop?: string;
}

type DiskNode = FileNode | FolderNode;

const isFolder = (node: DiskNode): node is FolderNode => node.durable instanceof Map;

/** What a power cut leaves of the things that were not synced. */
export interface Survival {
  /** Of a folder's name changes since its sync: which of them are kept. */
  keepsName(index: number, count: number): boolean;
  /** Of a file's edits since its sync: how it looks with them. */
  content(durable: Uint8Array, edits: readonly FileEdit[]): Uint8Array;
}

/** The files of a disk after a crash: content by path; `undefined` is a folder. */
export type Image = ReadonlyMap<string, Uint8Array | undefined>;

/**
 * A disk of which only that is certain which was synced: a file's content by `fsync` of the
 * file, a name by `fsync` of the folder that has it. POSIX promises no more.
 */
export class DiskModel {
  readonly #path: string;
  readonly #root: FolderNode = { durable: new Map(), pending: [] };
  readonly #files: FileNode[] = [];

  constructor({ root, before }: Pick<Recording, 'root' | 'before'>) {
    this.#path = root;
    for (const [path, content] of before) {
      const node: FileNode = { durable: content, pending: [] };
      this.#files.push(node);
      this.#folderFor(path).durable.set(basename(path), node);
    }
  }

  apply(change: DiskChange): void {
    switch (change.type) {
      case 'create': {
        const node: FileNode = { durable: new Uint8Array(0), pending: [] };
        this.#files[change.file] = node;
        this.#name(change.path, node);
        break;
      }
      case 'write':
      case 'truncate':
        this.#file(change.file).pending.push(change);
        break;
      case 'sync': {
        const file = this.#file(change.file);
        Object.assign(file, { durable: edited(file.durable, file.pending), pending: [] });
        break;
      }
      case 'syncFolder': {
        const folder = this.#folder(change.path);
        Object.assign(folder, { durable: names(folder, () => true), pending: [] });
        break;
      }
      case 'mkdir':
        this.#name(change.path, { durable: new Map(), pending: [] });
        break;
      case 'rename':
      case 'link':
        this.#rename(change);
        break;
      case 'unlink':
      case 'rmdir':
        this.#folder(dirname(change.path)).pending.push({ drop: basename(change.path) });
        break;
      default: // a mark
    }
  }

  /** The disk when the process dies, and the system lives on. */
  killed(): Image {
    return this.lost({ keepsName: () => true, content: edited });
  }

  /** The disk when the power goes. */
  lost(survival: Survival): Image {
    const image = new Map<string, Uint8Array | undefined>();
    const walk = (folder: FolderNode, path: string): void => {
      const kept = names(folder, (i) => survival.keepsName(i, folder.pending.length));
      for (const [name, node] of kept) {
        const at = join(path, name);
        if (isFolder(node)) {
          image.set(at, undefined);
          walk(node, at);
        } else image.set(at, survival.content(node.durable, node.pending));
      }
    };
    walk(this.#root, '');
    return image;
  }

  #file(number: number): FileNode {
    return this.#files[number] as FileNode; // recorded when it was created
  }

  #name(path: string, node: DiskNode): void {
    this.#folder(dirname(path)).pending.push({ set: [basename(path), node] });
  }

  #rename({ type, path, to }: DiskChange & { type: 'rename' | 'link' }): void {
    const node = this.#find(path);
    if (node === undefined) throw new Error(`nothing at ${path}`);
    const set = [basename(to), node] as const;
    const from = this.#folder(dirname(path));
    const into = this.#folder(dirname(to));
    if (type === 'link') into.pending.push({ set });
    else if (from === into) from.pending.push({ set, drop: basename(path) });
    else {
      into.pending.push({ set });
      from.pending.push({ drop: basename(path) });
    }
  }

  #find(path: string): DiskNode | undefined {
    if (path === this.#path) return this.#root;
    const parent = this.#find(dirname(path));
    if (parent === undefined || !isFolder(parent)) return undefined;
    return names(parent, () => true).get(basename(path));
  }

  #folder(path: string): FolderNode {
    const node = this.#find(path);
    if (node === undefined || !isFolder(node)) throw new Error(`no folder at ${path}`);
    return node;
  }

  /** The folder of a path that was there before, made durable on the way. */
  #folderFor(path: string): FolderNode {
    const parent = dirname(path);
    if (parent === this.#path) return this.#root;
    const above = this.#folderFor(parent);
    const found = above.durable.get(basename(parent));
    if (found !== undefined && isFolder(found)) return found;
    const made: FolderNode = { durable: new Map(), pending: [] };
    above.durable.set(basename(parent), made);
    return made;
  }
}

function names(folder: FolderNode, keeps: (index: number) => boolean): Map<string, DiskNode> {
  const kept = new Map(folder.durable);
  for (const [index, { set, drop }] of folder.pending.entries()) {
    if (!keeps(index)) continue;
    if (drop !== undefined) kept.delete(drop);
    if (set !== undefined) kept.set(...set);
  }
  return kept;
}

/** A content after edits. */
export function edited(content: Uint8Array, edits: readonly FileEdit[]): Uint8Array {
  let now = content;
  for (const edit of edits) {
    if ('size' in edit) now = resized(now, edit.size);
    else {
      const { position, bytes } = edit;
      now = resized(now, Math.max(now.length, position + bytes.length));
      now.set(bytes, position);
    }
  }
  return now;
}

function resized(content: Uint8Array, size: number): Uint8Array {
  const made = new Uint8Array(size);
  made.set(content.subarray(0, size));
  return made;
}

/** The edits as a disk has them that wrote lengths down before data: zeros. */
export function zeroed(content: Uint8Array, edits: readonly FileEdit[]): Uint8Array {
  const zeros = edits.map((edit) =>
    'bytes' in edit ? { ...edit, bytes: new Uint8Array(edit.bytes.length) } : edit,
  );
  return edited(content, zeros);
}

/** All edits but of the last only the first `taken` bytes. */
export function torn(content: Uint8Array, edits: readonly FileEdit[], taken: number): Uint8Array {
  const last = edits.at(-1);
  if (last === undefined || !('bytes' in last)) return edited(content, edits);
  const part = { ...last, bytes: last.bytes.subarray(0, taken) };
  return edited(content, [...edits.slice(0, -1), part]);
}
