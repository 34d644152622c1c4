import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileCall, Verdict } from './file-call.ts';
import { interceptFiles } from './intercept-files.ts';

/** What changed on the disk, in the order in which it was asked for. */
export type DiskChange =
  /** A file appears under a name. */
  | { readonly type: 'create'; readonly file: number; readonly path: string }
  | {
      readonly type: 'write';
      readonly file: number;
      readonly position: number;
      readonly bytes: Uint8Array;
    }
  | { readonly type: 'truncate'; readonly file: number; readonly size: number }
  /** What was written to the file is durable. */
  | { readonly type: 'sync'; readonly file: number }
  /** The names in the folder are durable. */
  | { readonly type: 'syncFolder'; readonly path: string }
  | { readonly type: 'mkdir' | 'rmdir' | 'unlink'; readonly path: string }
  | { readonly type: 'rename' | 'link'; readonly path: string; readonly to: string }
  /** Nothing changes: the program has promised something. */
  | { readonly type: 'mark'; readonly label: string };

/** The changes of a program below a folder. */
export interface Recording extends Disposable {
  readonly root: string;
  /** What was there before: durable. */
  readonly before: ReadonlyMap<string, Uint8Array>;
  readonly changes: readonly DiskChange[];
  /** Writes down that the program has promised something here. */
  mark(label: string): void;
}

/** Records what this process changes below `root`, until the scope ends. */
export function recordFiles(root: string): Recording {
  const before = filesBelow(root);
  const changes: DiskChange[] = [];
  const recorder = new Recorder(before, changes);
  const interception = interceptFiles(root, (call) => recorder.judge(call));
  return {
    ...{ root, before, changes },
    mark: (label) => void changes.push({ type: 'mark', label }),
    [Symbol.dispose]: () => interception[Symbol.dispose](),
  };
}

/** Absolute paths of all files below a folder, with their content; folders have none. */
function filesBelow(root: string): Map<string, Uint8Array> {
  const found = readdirSync(root, { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => entry.isFile());
  return new Map(
    files.map(({ parentPath, name }) => [
      join(parentPath, name),
      readFileSync(join(parentPath, name)),
    ]),
  );
}

interface OpenFile {
  /** Undefined for a folder. */
  readonly file: number | undefined;
  readonly append: boolean;
  position: number;
}

/** Turns calls into changes of numbered files: a name may change while its file is open. */
class Recorder {
  readonly #changes: DiskChange[];
  readonly #named = new Map<string, number>();
  readonly #sizes: number[] = [];
  readonly #open = new Map<number, OpenFile>();

  constructor(before: ReadonlyMap<string, Uint8Array>, changes: DiskChange[]) {
    this.#changes = changes;
    for (const [path, content] of before) {
      this.#named.set(path, this.#sizes.push(content.length) - 1);
    }
  }

  judge(call: FileCall): Verdict | undefined {
    const { bytes } = call;
    // The caller may fill its buffer anew as soon as the call returns.
    const copy = bytes === undefined ? undefined : Uint8Array.from(bytes);
    return { made: (result) => this.#made(call, copy, result) };
  }

  #made(call: FileCall, bytes: Uint8Array | undefined, result: unknown): void {
    const { name, path, to = '', descriptor = Number(result), size = 0 } = call;
    const open = this.#open.get(descriptor);
    switch (name) {
      case 'open':
        this.#opened(descriptor, call);
        break;
      case 'write':
        if (open) this.#wrote(open, bytes?.subarray(0, Number(result)), call.position);
        break;
      case 'truncate':
        if (open?.file !== undefined) this.#truncated(open.file, size);
        break;
      case 'fsync':
        if (open?.file === undefined) this.#changes.push({ type: 'syncFolder', path });
        else this.#changes.push({ type: 'sync', file: open.file });
        break;
      case 'rename':
      case 'link':
        this.#renamed(name, path, to);
        break;
      case 'unlink':
        if (this.#named.delete(path)) this.#changes.push({ type: name, path });
        break;
      case 'mkdir':
      case 'rmdir':
        this.#changes.push({ type: name, path });
        break;
      default: // reading changes nothing
    }
  }

  #opened(descriptor: number, { path, flags = 'r' }: FileCall): void {
    const writes = flags !== 'r';
    let file = this.#named.get(path);
    if (file === undefined && writes) {
      file = this.#sizes.push(0) - 1;
      this.#named.set(path, file);
      this.#changes.push({ type: 'create', file, path });
    } else if (file !== undefined && flags.startsWith('w')) this.#truncated(file, 0);
    this.#open.set(descriptor, { file, append: flags.startsWith('a'), position: 0 });
  }

  #wrote(open: OpenFile, bytes: Uint8Array | undefined, at: number | undefined): void {
    const { file, append } = open;
    if (file === undefined || bytes === undefined) return;
    const size = this.#sizes[file] as number; // every file has one
    const position = append ? size : (at ?? open.position);
    if (at === undefined) open.position = position + bytes.length;
    this.#sizes[file] = Math.max(size, position + bytes.length);
    this.#changes.push({ type: 'write', file, position, bytes });
  }

  #truncated(file: number, size: number): void {
    if (this.#sizes[file] === size) return;
    this.#sizes[file] = size;
    this.#changes.push({ type: 'truncate', file, size });
  }

  /** Of folders too: the files in them get new names. */
  #renamed(type: 'rename' | 'link', path: string, to: string): void {
    for (const [name, file] of [...this.#named]) {
      if (name !== path && !name.startsWith(`${path}/`)) continue;
      if (type === 'rename') this.#named.delete(name);
      this.#named.set(to + name.slice(path.length), file);
    }
    this.#changes.push({ type, path, to });
  }
}
