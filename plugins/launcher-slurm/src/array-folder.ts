import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';

/** What is known of a job array whose folder is there. */
export interface ArrayRecord {
  readonly job: string;
  /** Run folders of its tasks, by index. */
  readonly folders: readonly string[];
}

/**
 * The folder of one job array: its script, what its tasks print (`3.out`, `3.err`), and which job
 * it is, so that a launch after this one finds what still runs.
 */
export class ArrayFolder {
  readonly root: string;
  readonly script: string;
  readonly #record: string;
  readonly #over: string;

  constructor(root: string) {
    this.root = root;
    this.script = join(root, 'job.sh');
    this.#record = join(root, 'array.json');
    this.#over = join(root, 'over');
  }

  /** Makes the next folder `1`, `2`, … in `parent`. */
  static next(parent: string): ArrayFolder {
    mkdirSync(parent, { recursive: true });
    for (let n = readdirSync(parent).length + 1; ; n++) {
      try {
        mkdirSync(join(parent, String(n)));
        return new ArrayFolder(join(parent, String(n)));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
  }

  /** Those of earlier launches of which nobody has seen the end. */
  static unended(parent: string): readonly ArrayFolder[] {
    return ArrayFolder.#submitted(parent).filter((folder) => !existsSync(folder.#over));
  }

  /** The attempts of the task with this run folder in all arrays that are over. */
  static attempts(parent: string, run: string): readonly string[] {
    return ArrayFolder.#submitted(parent).flatMap((folder) => {
      const index = existsSync(folder.#over) ? folder.record.folders.indexOf(run) : -1;
      return index < 0 ? [] : folder.#starts(index);
    });
  }

  static #submitted(parent: string): readonly ArrayFolder[] {
    if (!existsSync(parent)) return [];
    return readdirSync(parent)
      .map((name) => new ArrayFolder(join(parent, name)))
      .filter((folder) => existsSync(folder.#record));
  }

  /** @param before attempts of each task in arrays before this one */
  write(script: string, before: readonly (readonly string[])[]): void {
    for (const [index, attempts] of before.entries()) {
      if (attempts.length === 0) continue;
      writeFileSync(join(this.root, `${index}.before`), `${attempts.join('\n')}\n`);
    }
    writeFileSync(this.script, script);
  }

  get record(): ArrayRecord {
    return JSON.parse(readFileSync(this.#record, 'utf8'));
  }

  submitted(record: ArrayRecord): void {
    writeFileSync(`${this.#record}.part`, `${JSON.stringify(record, undefined, 1)}\n`);
    renameSync(`${this.#record}.part`, this.#record);
  }

  /** Notes that no task of the array runs any more. */
  ended(): void {
    writeFileSync(this.#over, '');
  }

  /** How many processes a task has had. */
  starts(index: number): number {
    return this.#starts(index).length;
  }

  #starts(index: number): readonly string[] {
    const file = join(this.root, `${index}.starts`);
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
  }

  /** What a task prints, from the beginning. */
  output(index: number): { readonly out: GrowingFile; readonly err: GrowingFile } {
    const file = (kind: string) => new GrowingFile(join(this.root, `${index}.${kind}`));
    return { out: file('out'), err: file('err') };
  }
}

/** A file that others append to, read line by line. */
export class GrowingFile {
  readonly #path: string;
  #at = 0;
  #rest = '';
  readonly #decoder = new StringDecoder('utf8');

  constructor(path: string) {
    this.#path = path;
  }

  /** The whole lines since the last call; with `all` also one that has no end. */
  lines(all = false): readonly string[] {
    const lines = `${this.#rest}${this.#more()}`.split('\n');
    this.#rest = all ? '' : (lines.pop() as string);
    return all ? lines.filter((line, i) => line !== '' || i < lines.length - 1) : lines;
  }

  #more(): string {
    if (!existsSync(this.#path)) return '';
    const file = openSync(this.#path, 'r');
    try {
      const bytes = Buffer.alloc(Math.max(fstatSync(file).size - this.#at, 0));
      const count = readSync(file, bytes, 0, bytes.length, this.#at);
      this.#at += count;
      return this.#decoder.write(bytes.subarray(0, count));
    } finally {
      closeSync(file);
    }
  }
}
