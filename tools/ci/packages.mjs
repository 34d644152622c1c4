// @ts-check
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { command } from './steps.mjs';

/** How nobody resolves a package that has ES modules only. */
const NOT_ESM = ['node10', 'node16-cjs'];

/** @param {string} root @returns {string[]} folders of the publishable packages */
export function publishable(root) {
  return ['packages', 'plugins'].flatMap((group) =>
    readdirSync(join(root, group))
      .map((name) => join(root, group, name))
      .filter((folder) => existsSync(join(folder, 'package.json')))
      .filter((folder) => !JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).private),
  );
}

/** @param {string} root @param {string} scratch @returns {Promise<string[]>} tarballs */
export async function packAll(root, scratch) {
  const folder = join(scratch, 'tarballs');
  mkdirSync(folder, { recursive: true });
  const packages = publishable(root);
  await command('npm', ['pack', '--silent', '--pack-destination', folder, ...packages], {
    quiet: true,
  });
  const tarballs = readdirSync(folder).map((name) => join(folder, name));
  if (tarballs.length !== packages.length) {
    throw new Error(`${tarballs.length} tarballs of ${packages.length} packages`);
  }
  return tarballs;
}

/**
 * Whether exports, files and types of each package are what an ES module of Node.js or a bundler
 * can use. One process for all: TypeScript takes longer to load than to look at a package.
 * @param {readonly string[]} tarballs @returns {Promise<string>} their names
 */
export async function checkPackages(tarballs) {
  const said = [];
  for (const tarball of tarballs) {
    const bytes = readFileSync(tarball);
    const problems = [...(await linted(bytes)), ...(await mistyped(bytes))];
    if (problems.length > 0) throw new Error([basename(tarball), ...problems].join('\n'));
    said.push(basename(tarball));
  }
  return said.join('\n');
}

/** What publint refuses, warnings included. @param {Buffer} bytes */
async function linted(bytes) {
  const tarball = /** @type {ArrayBuffer} */ (new Uint8Array(bytes).buffer);
  const { messages, pkg } = await publint({ pack: { tarball }, strict: true, level: 'error' });
  return messages.map((message) => formatMessage(message, pkg) ?? message.code);
}

/** What attw refuses for its profile `esm-only`. @param {Buffer} bytes */
async function mistyped(bytes) {
  const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(bytes)));
  if (!analysis.types) return [];
  return analysis.problems
    .filter((problem) => !('resolutionKind' in problem && NOT_ESM.includes(problem.resolutionKind)))
    .map((problem) => JSON.stringify(problem));
}

/**
 * A user's own folder: the packages from their tarballs, a manifest, one run.
 * @param {readonly string[]} tarballs @param {string} scratch
 * @returns {Promise<string>} what was printed
 */
export async function runOutside(tarballs, scratch) {
  const folder = join(scratch, 'outside');
  mkdirSync(folder, { recursive: true });
  cpSync(join(import.meta.dirname, 'outside.yaml'), join(folder, 'manifest.yaml'));
  const options = { cwd: folder, quiet: true };
  await command('npm', ['init', '--yes', '--silent'], options);
  const flags = ['--no-audit', '--no-fund', '--omit=optional'];
  await command('npm', ['install', ...flags, ...tarballs], options);
  const output = await command('npx', ['archer', 'run', 'manifest.yaml'], options);
  if (!output.includes('kendall-tau')) throw new Error('the run outside printed no ranking');
  return output;
}
