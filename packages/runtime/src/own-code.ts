import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sha256Hex } from '@archer-nas/core';
import { onDisk } from './disk-error.ts';

/** What Node.js can load, and the file that says what of it is loaded. */
const CODE = /\.([cm]?[jt]sx?|wasm|node)$|^package\.json$/;
/** No run executes these. */
const TESTS = /\.(test|spec)\.[^.]+$|\.d\.[cm]?ts$/;
const SKIPPED = new Set(['node_modules', 'results', 'test', 'tests', '__tests__', 'coverage']);
const DIGITS = 8;

const known = new Map<string, string>();

/**
 * The version of a plugin package, for which its numbers are the same. A package that somebody
 * works on has the same version before and after an edit: it gets a hash of its code, as build
 * metadata, `1.0.0+0a1b2c3d`. That is one outside of every `node_modules`, links followed, which is
 * not part of the workspace that this package is developed in. Computed once per process, as
 * Node.js loads code once.
 */
export function codeVersion(
  { version, folder }: { readonly version: string; readonly folder: string },
  archer: string | undefined = archerWorkspace(),
): string {
  const root = onDisk(folder, () => realpathSync(folder));
  if (isInstalled(root) || (archer !== undefined && isInside(root, archer))) return version;
  const hash = known.get(root) ?? hashOf(root);
  known.set(root, hash);
  return `${version}${version.includes('+') ? '.' : '+'}${hash}`;
}

function isInstalled(folder: string): boolean {
  return folder.split(sep).includes('node_modules');
}

function isInside(folder: string, parent: string): boolean {
  return folder === parent || folder.startsWith(parent + sep);
}

/** The root of the workspace that this package is developed in; undefined where it is installed. */
function archerWorkspace(): string | undefined {
  const here = realpathSync(dirname(fileURLToPath(import.meta.url)));
  if (isInstalled(here)) return undefined;
  for (let folder = here; folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (existsSync(file) && readFileSync(file, 'utf8').includes('"workspaces"')) return folder;
  }
  return undefined;
}

/** Of names and contents, in an order that no file system has a say in. */
function hashOf(root: string): string {
  const files = onDisk(root, () => codeIn(root, '')).sort();
  const lines = files.map((file) => {
    const content = onDisk(join(root, file), () => readFileSync(join(root, file)));
    return `${file} ${sha256Hex(content)}\n`;
  });
  return sha256Hex(lines.join('')).slice(0, DIGITS);
}

/** The files of code below a folder, links not followed: paths from the root, with `/`. */
function codeIn(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const { name } = entry;
    if (name.startsWith('.') || SKIPPED.has(name)) return [];
    if (entry.isDirectory()) return codeIn(root, `${folder}${name}/`);
    return entry.isFile() && CODE.test(name) && !TESTS.test(name) ? [`${folder}${name}`] : [];
  });
}
