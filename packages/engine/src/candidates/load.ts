import { createRequire } from 'node:module';
import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Unavailable } from './candidate.ts';

/**
 * Imports an optional package, or says why it does not load.
 *
 * @param name a package's name, or the absolute path of its folder
 */
export async function load<M>(name: string): Promise<{ readonly module: M } | Unavailable> {
  try {
    return { module: (await import(specifierOf(name))) as M };
  } catch (error) {
    return { unavailable: reasonOf(error as Error & { code?: string }, name) };
  }
}

/** ES modules cannot be imported by folder: its `main` is looked up first. */
function specifierOf(name: string): string {
  if (!isAbsolute(name)) return name;
  return pathToFileURL(createRequire(import.meta.url).resolve(name)).href;
}

/**
 * One short line: a missing package is "not installed", whatever Node writes about it. Folders are
 * left out, for the line becomes part of fingerprints.
 */
function reasonOf(error: Error & { code?: string }, name: string): string {
  const missing = error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'MODULE_NOT_FOUND';
  if (missing && error.message.includes(`'${name}'`))
    return isAbsolute(name) ? `no package at ${name}` : 'not installed';
  const [first = ''] = String(error.message).split('\n');
  const line = first.replace(FOLDERS, '').trim();
  return `does not load: ${line.length > 80 ? `${line.slice(0, 79)}…` : line}`;
}

/** The folders of an absolute path. */
const FOLDERS = /(?<=^|[\s'"(])(?:file:\/\/|[A-Za-z]:)?[\\/](?:[^\\/'"()\s]+[\\/])+/g;
