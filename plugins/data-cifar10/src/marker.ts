import { randomUUID } from 'node:crypto';
import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Layout } from './layout.ts';
import { allFiles, binName } from './layout.ts';

/** Name of the file that says what was checked. */
export const MARKER = 'checked.json';

const markerFile = z.record(
  z.string(),
  z.object({ md5: z.string(), bytes: z.number(), mtimeMs: z.number() }),
);
type Marker = z.output<typeof markerFile>;

/**
 * True when every file has the size and time it had when its md5 was last checked, so that
 * nothing need be read. A file that was cut, touched or replaced since makes it false.
 */
export async function isMarked(folder: string, layout: Layout): Promise<boolean> {
  const text = await readFile(join(folder, MARKER), 'utf8').catch(() => undefined);
  if (text === undefined) return false;
  const now = await describe(folder, layout).catch(() => undefined);
  return now !== undefined && sameFiles(parse(text), now);
}

/** Notes the files' sizes and times; call it after their sums were checked. */
export async function mark(folder: string, layout: Layout): Promise<void> {
  const temporary = join(folder, `.${MARKER}-${randomUUID()}`);
  await writeFile(temporary, `${JSON.stringify(await describe(folder, layout), null, 2)}\n`);
  await rename(temporary, join(folder, MARKER));
}

async function describe(folder: string, layout: Layout): Promise<Marker> {
  const entries = allFiles(layout).map(async (file) => {
    const { size, mtimeMs } = await stat(join(folder, binName(file)));
    return [binName(file), { md5: file.md5, bytes: size, mtimeMs }] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** An unreadable marker is as good as none. */
function parse(text: string): Marker {
  try {
    return markerFile.parse(JSON.parse(text));
  } catch {
    return {};
  }
}

function sameFiles(marker: Marker, now: Marker): boolean {
  return Object.entries(now).every(([name, file]) => {
    const noted = marker[name];
    return noted?.md5 === file.md5 && noted.bytes === file.bytes && noted.mtimeMs === file.mtimeMs;
  });
}
