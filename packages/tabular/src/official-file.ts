import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { basename, extname } from 'node:path';

/** First bytes of what is never read: archives and pickles. */
const MAGIC: readonly (readonly [name: string, bytes: readonly number[], at?: number])[] = [
  ['a bzip2 file', [0x42, 0x5a, 0x68]],
  ['a zip archive, as torch saves', [0x50, 0x4b, 0x03, 0x04]],
  ['a pickle', [0x80, 0x02]],
  ['a pickle', [0x80, 0x03]],
  ['a pickle', [0x80, 0x04]],
  ['a pickle', [0x80, 0x05]],
  ['a tar archive', Array.from('ustar', (letter) => letter.charCodeAt(0)), 257],
];

const EXTENSIONS: ReadonlySet<string> = new Set(['.pth', '.pt', '.pickle', '.pkl', '.pbz2']);
const RECORD = /^\d{6}(-.*)?\.pickle(\.pbz2)?$/;
const HEAD_BYTES = 262;

/**
 * What a path is, where it is one of the forms in which benchmarks are published as pickles:
 * by its first bytes, its extension, or the records in a folder. Undefined for anything else.
 */
export function officialForm(path: string): string | undefined {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status?.isDirectory()) {
    return readdirSync(path).some((name) => RECORD.test(name)) ? 'a folder of pickles' : undefined;
  }
  if (!status?.isFile()) return undefined;
  const head = headOf(path);
  const found = MAGIC.find(([, bytes, at = 0]) => bytes.every((byte, i) => head[at + i] === byte));
  if (found !== undefined) return found[0];
  const extension = extname(basename(path));
  return EXTENSIONS.has(extension) ? `a ${extension} file` : undefined;
}

function headOf(path: string): Uint8Array {
  const file = openSync(path, 'r');
  try {
    const head = new Uint8Array(HEAD_BYTES);
    return head.subarray(0, readSync(file, head, 0, HEAD_BYTES, 0));
  } finally {
    closeSync(file);
  }
}
