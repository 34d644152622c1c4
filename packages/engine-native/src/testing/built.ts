import { describe } from 'vitest';
import { type Addon, loadAddon } from '../addon.ts';

const loaded = loadAddon();

/** Why the addon's tests are skipped here; `undefined` where it is built. */
const missing = 'unavailable' in loaded ? loaded.unavailable : undefined;

/** `describe` for tests that need the addon; skipped tests carry the reason in their name. */
export function describeBuilt(name: string, tests: (addon: Addon) => void): void {
  if ('addon' in loaded) describe(name, () => tests(loaded.addon));
  else describe.skip(`${name} (${missing})`, () => tests({ paths: () => ['none'] } as Addon));
}

/** Takes an instruction-set path by name. */
export function usePath(addon: Addon, name: string): void {
  addon.usePath(addon.paths().indexOf(name));
}
