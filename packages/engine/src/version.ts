import { createRequire } from 'node:module';
import { tf } from './repaired.ts';

/** `4.22.0+0.1.0`: TensorFlow.js and this package, whose kernels decide the last bits too. */
export function version(): string {
  const manifest = createRequire(import.meta.url)('../package.json') as { version: string };
  return `${tf.version['tfjs-core']}+${manifest.version}`;
}
