import { createRequire } from 'node:module';

/** Version of the core that is running. */
export function coreVersion(): string {
  const require = createRequire(import.meta.url);
  const { version } = require('@archer-nas/core/package.json') as { readonly version: string };
  return version;
}
