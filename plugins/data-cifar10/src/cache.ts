import { mkdir, mkdtemp, open, readdir, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { ArcherError } from '@archer-nas/core';
import { corrupt, diskError, isCorrupt, missing, reason } from './data-errors.ts';
import { type Fault, inspect } from './inspect.ts';
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
  await removeAbandoned(folder);
  if (await isMarked(folder, layout)) return;
  try {
    const faults = await inspect(folder, layout);
    const damaged = faults.filter(({ kind }) => kind === 'damaged');
    for (const { file, what } of damaged) log(`CIFAR-10: ${file} ${what}; fetching it again`);
    if (faults.length > 0) await fill(options, damaged);
  } catch (error) {
    throw diskError(error, folder) ?? error;
  }
  // A cache that may only be read is as good; it is then checked at every start.
  await mark(folder, layout).catch(() => undefined);
}

async function fill(
  { folder, layout, sources, log }: CacheOptions,
  damaged: readonly Fault[],
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const failures: Failure[] = [];
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
  throw unfilled(folder, damaged, failures);
}

interface Failure {
  readonly name: string;
  readonly error: unknown;
}

/** Says what is wrong with the cache and why each source could not mend it. */
function unfilled(
  folder: string,
  damaged: readonly Fault[],
  failures: readonly Failure[],
): ArcherError {
  const state = damaged.map(({ file, what }) => `${file} ${what}`).join('; ');
  const told = failures.map(({ name, error }) => `\n  ${name}: ${reason(error)}`).join('');
  if (failures.some(({ error }) => isCorrupt(error))) {
    return corrupt(
      `${state || `CIFAR-10 is not in ${folder}`}, and what was fetched is not it:${told}`,
    );
  }
  return damaged.length > 0
    ? corrupt(`${state}, and it cannot be fetched again:${told}`)
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

/** Removes what a killed process of this machine has left; not worth failing for. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.startsWith(fillingPrefix())) continue;
    const pid = Number.parseInt(name.slice(fillingPrefix().length), 10);
    if (isAlive(pid)) continue;
    await rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined);
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
