// @ts-check
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { atOnce, command } from './steps.mjs';

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

/** @param {readonly string[]} tarballs */
export async function checkPackages(tarballs) {
  await atOnce(tarballs, async (tarball) => {
    await command('npx', ['publint', '--strict', tarball], { quiet: true });
    await command('npx', ['attw', '--profile', 'esm-only', '--quiet', tarball], { quiet: true });
    process.stdout.write(`${basename(tarball)}\n`);
  });
}

/**
 * A user's own folder: the packages from their tarballs, a manifest, one run.
 * @param {readonly string[]} tarballs @param {string} scratch
 */
export async function runOutside(tarballs, scratch) {
  const folder = join(scratch, 'outside');
  mkdirSync(folder, { recursive: true });
  cpSync(join(import.meta.dirname, 'outside.yaml'), join(folder, 'manifest.yaml'));
  await command('npm', ['init', '--yes', '--silent'], { cwd: folder, quiet: true });
  const flags = ['--no-audit', '--no-fund', '--omit=optional'];
  await command('npm', ['install', ...flags, ...tarballs], { cwd: folder });
  const output = await command('npx', ['archer', 'run', 'manifest.yaml'], { cwd: folder });
  if (!output.includes('kendall-tau')) throw new Error('the run outside printed no ranking');
}
