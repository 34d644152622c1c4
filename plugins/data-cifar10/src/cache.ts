import { mkdir, mkdtemp, open, readdir, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { corrupt, diskError, isCorrupt, missing, reason } from './data-errors.ts';
import { inspect } from './inspect.ts';
import type { Layout } from './layout.ts';
import { allFiles, binName } from './layout.ts';
import { isMarked, mark } from './marker.ts';
import type { Source } from './source.ts';

/** Where the files are kept and where they come from. */
export interface CacheOptions {
  readonly folder: string;
  readonly layout: Layout;
  /** Tried in order. */
  readonly sources: readonly Source[];
  readonly log: (line: string) => void;
}

/**
 * Makes sure that the cache folder holds the six files as published: looks at the marker,
 * else at the sums, else fetches them. Every file is written under another name, checked
 * and renamed, so that the folder never shows a half-written one, and two processes that
 * fill it at once only do the work twice.
 *
 * @throws ArcherError `ARCHER_DATA_MISSING`, `_CORRUPT`, `_SPACE` or `_UNUSABLE`
 */
export async function ensureCached(options: CacheOptions): Promise<void> {
  const { folder, layout, log } = options;
  if (await isMarked(folder, layout)) return;
  try {
    const faults = await inspect(folder, layout);
    for (const { file, what } of faults.filter(({ kind }) => kind === 'damaged')) {
      log(`CIFAR-10: ${file} ${what}; fetching it again`);
    }
    if (faults.length > 0) await fill(options);
  } catch (error) {
    throw diskError(error, folder) ?? error;
  }
  // A cache that may only be read is as good; it is then checked at every start.
  await mark(folder, layout).catch(() => undefined);
}

async function fill({ folder, layout, sources, log }: CacheOptions): Promise<void> {
  await mkdir(folder, { recursive: true });
  await removeAbandoned(folder);
  const failures: { name: string; error: unknown }[] = [];
  for (const source of sources) {
    const temporary = await mkdtemp(join(folder, `${fillingPrefix()}${process.pid}-`));
    try {
      log(`CIFAR-10: fetching ${source.name}`);
      await source.fill({ folder: temporary, layout, log });
      await publish(temporary, folder, layout);
      log(`CIFAR-10: checked, kept in ${folder}`);
      return;
    } catch (error) {
      const unmendable = diskError(error, folder);
      if (unmendable !== undefined) throw unmendable;
      failures.push({ name: source.name, error });
      log(`CIFAR-10: ${source.name}: ${reason(error)}`);
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  }
  const told = failures.map(({ name, error }) => `\n  ${name}: ${reason(error)}`).join('');
  throw failures.some(({ error }) => isCorrupt(error))
    ? corrupt(`CIFAR-10 is not in ${folder}, and what was fetched is not it:${told}`)
    : missing(`CIFAR-10 is not in ${folder} and cannot be fetched:${told}`);
}

/** Checks the files of a temporary folder and moves them to where they are looked for. */
async function publish(temporary: string, folder: string, layout: Layout): Promise<void> {
  const [fault] = await inspect(temporary, layout);
  if (fault !== undefined) throw corrupt(`${fault.file} ${fault.what}`);
  for (const file of allFiles(layout)) {
    const from = join(temporary, binName(file));
    await flush(from);
    await rename(from, join(folder, binName(file)));
  }
}

/** A rename must not reach the disk before the content it names. */
async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  await handle.sync().finally(() => handle.close());
}

/** Names the host, so that a shared folder is only tidied by the machine that knows the pid. */
function fillingPrefix(): string {
  return `.filling-${hostname()}-`;
}

/** Removes what a killed process of this machine has left. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(fillingPrefix())) continue;
    const pid = Number.parseInt(name.slice(fillingPrefix().length), 10);
    if (!isAlive(pid)) await rm(join(folder, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
