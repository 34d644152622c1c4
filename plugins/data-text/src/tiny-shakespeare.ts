import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ArcherError, EXIT, type TextData } from '@archer-nas/core';
import { type BatchOptions, characters, divided } from './corpus.ts';

/** Of the text: karpathy/char-rnn, `data/tinyshakespeare/input.txt`, 1,115,394 bytes. */
export const SHA256 = '86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed';

/** Names that the text has in a folder: as it is, or as gzip. */
const FILES = ['input.txt', 'input.txt.gz'] as const;

/** Which text it has to be. */
export interface Source {
  readonly sha256: string;
}

/** How the text becomes splits. */
export interface ShakespeareOptions extends BatchOptions {
  /** `usual`: 90 % train, 5 % valid, 5 % test; `halves`: 47.5 % each, 5 % test. */
  readonly split: 'usual' | 'halves';
  /** Only so many characters, from the start; all unless stated. */
  readonly characters?: number | undefined;
}

const SHARES = {
  usual: { train: 0.9, valid: 0.05 },
  halves: { train: 0.475, valid: 0.475 },
} as const;

/**
 * Tiny Shakespeare from a folder, which is never written to.
 * @throws ArcherError `ARCHER_DATA_MISSING`, `ARCHER_DATA_CORRUPT` or `ARCHER_DATA_SHORT`
 */
export async function tinyShakespeare(
  folder: string,
  { split, characters: count, ...batches }: ShakespeareOptions,
  source: Source = { sha256: SHA256 },
): Promise<TextData> {
  const text = (await readText(folder, source)).slice(0, count);
  const how = split === 'usual' ? '90, 5 and 5 %' : '47.5, 47.5 and 5 %';
  const description = `tiny Shakespeare (Karpathy, char-rnn), ${text.length} characters, ${how}`;
  const splits = divided(text, SHARES[split]);
  return characters({ name: 'tiny-shakespeare', splits, description }, batches);
}

/** Puts a user's file into the folder, whole or not at all. @throws ArcherError when it is another */
export async function importShakespeare(file: string, folder: string): Promise<string> {
  const text = checked(await readFile(file), file, { sha256: SHA256 });
  const target = resolve(folder, FILES[0]);
  await mkdir(dirname(target), { recursive: true });
  const partial = `${target}.partial`;
  await writeFile(partial, text);
  await rename(partial, target);
  return `tiny Shakespeare, ${text.length} characters: ${target}`;
}

async function readText(folder: string, source: Source): Promise<string> {
  for (const name of FILES) {
    const path = resolve(folder, name);
    const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (bytes !== undefined) return checked(bytes, path, source);
  }
  throw new ArcherError(
    'ARCHER_DATA_MISSING',
    `${folder} has neither ${FILES.join(' nor ')} of tiny Shakespeare.`,
    {
      hint:
        "Bring karpathy/char-rnn's data/tinyshakespeare/input.txt with " +
        '`archer data import tiny-shakespeare <file>`, or name its folder as data.folder.',
      exit: EXIT.data,
    },
  );
}

/** The text of a file, unpacked where it is gzip, after its hash was compared. */
function checked(bytes: Buffer, path: string, { sha256 }: Source): string {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const content = isGzip ? unpacked(bytes, path) : bytes;
  const found = createHash('sha256').update(content).digest('hex');
  if (found === sha256) return content.toString('utf8');
  throw corrupt(path, `its text has the sha256 ${found}, not ${sha256}`);
}

function unpacked(bytes: Buffer, path: string): Buffer {
  try {
    return gunzipSync(bytes);
  } catch (error) {
    throw corrupt(path, `it cannot be unpacked (${(error as Error).message})`);
  }
}

function corrupt(path: string, why: string): ArcherError {
  return new ArcherError('ARCHER_DATA_CORRUPT', `${path} is not tiny Shakespeare: ${why}.`, {
    hint: "The file is karpathy/char-rnn's data/tinyshakespeare/input.txt, 1,115,394 bytes.",
    exit: EXIT.data,
  });
}
