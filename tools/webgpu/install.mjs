// @ts-check
// Puts the two packages that the engine `webgpu` needs into .cache/webgpu, at the versions that it
// was tested with: outside of node_modules, for `npm ci` should not download what few people use.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
const FOLDER = join(ROOT, '.cache/webgpu');

/** Installs them unless they are there. @returns the folder that ARCHER_WEBGPU names */
export function installWebgpu() {
  const manifest = join(ROOT, 'packages/engine-webgpu/package.json');
  const wanted = JSON.parse(readFileSync(manifest, 'utf8')).peerDependencies;
  if (Object.entries(wanted).every(([name, version]) => installed(name) === version)) return FOLDER;
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, 'package.json'), '{ "private": true }\n');
  const packages = Object.entries(wanted).map(([name, version]) => `${name}@${version}`);
  const quiet = ['--no-audit', '--no-fund', '--no-package-lock', '--silent'];
  // Dawn's binaries are in the package; its script only concerns macOS's quarantine.
  const scripts = process.platform === 'darwin' ? [] : ['--ignore-scripts'];
  const args = ['install', '--save-exact', ...quiet, ...scripts, ...packages];
  execFileSync('npm', args, { cwd: FOLDER, stdio: 'inherit' });
  return FOLDER;
}

/** @param {string} name @returns {string | undefined} its version */
function installed(name) {
  try {
    return JSON.parse(readFileSync(join(FOLDER, 'node_modules', name, 'package.json'), 'utf8'))
      .version;
  } catch {
    return undefined;
  }
}

if (process.argv[1] === import.meta.filename) console.log(`ARCHER_WEBGPU=${installWebgpu()}`);
