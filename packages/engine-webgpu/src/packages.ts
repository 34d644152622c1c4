import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Unavailable } from '@archer-nas/engine';

/** Environment variable: a folder whose `node_modules` has the two packages. */
const FOLDER = 'ARCHER_WEBGPU';

/** Dawn for Node.js, and TensorFlow.js's kernels for it. */
const PACKAGES = { dawn: 'webgpu', library: '@tensorflow/tfjs-backend-webgpu' };

/** Where the two packages are: a URL to import, a file to require. */
export interface Packages {
  readonly dawn: string;
  readonly library: string;
  /** Of Dawn, whose compiler decides the last bits too. */
  readonly version: string;
}

/** Finds the packages that users install themselves, or says how. */
export function findPackages(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Packages | Unavailable {
  const folder = env[FOLDER];
  const from = folder ? pathToFileURL(join(resolve(folder), 'package.json')) : import.meta.url;
  const require = createRequire(from);
  try {
    const dawn = require.resolve(PACKAGES.dawn);
    const { version } = require(`${PACKAGES.dawn}/package.json`) as { version: string };
    return { dawn: pathToFileURL(dawn).href, library: require.resolve(PACKAGES.library), version };
  } catch {
    const where = folder ? ` in ${folder}` : '';
    return { unavailable: `not installed${where}: npm install ${installed().join(' ')}` };
  }
}

/** The names and versions that this package was tested with. */
function installed(): string[] {
  const { peerDependencies } = createRequire(import.meta.url)('../package.json') as {
    peerDependencies: Record<string, string>;
  };
  return Object.values(PACKAGES).map((name) => `${name}@${peerDependencies[name]}`);
}
