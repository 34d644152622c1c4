import { tf } from '@archer-nas/engine';
import { afterEach, beforeAll, beforeEach, describe } from 'vitest';
import { type Addon, loadAddon } from '../addon.ts';
import { BACKEND, type BackendName, WASM_BACKEND } from '../backend.ts';
import { configure } from '../candidate.ts';
import { loadWasm } from '../wasm/wasm-addon.ts';

type Tests = (addon: Addon, backend: BackendName) => void;

const BUILDS = [
  ['native', BACKEND, loadAddon()],
  ['native-wasm', WASM_BACKEND, loadWasm()],
] as const;

/**
 * `describe` for tests of the kernels, once on the addon and once on the WebAssembly module; those
 * of a build that is not there are skipped and carry the reason in their name.
 */
export function describeBuilt(name: string, tests: Tests): void {
  for (const [engine, backend, loaded] of BUILDS) {
    const title = `${name} of ${engine}`;
    if ('addon' in loaded) describe(title, () => tests(loaded.addon, backend));
    else {
      const missing = { paths: () => ['none'] } as Addon;
      describe.skip(`${title} (${loaded.unavailable})`, () => tests(missing, backend));
    }
  }
}

/** Takes an instruction-set path by name. */
export function usePath(addon: Addon, name: string): void {
  addon.usePath(addon.paths().indexOf(name));
}

/** `describe` on every instruction-set path, with two threads; what a test makes is freed after it. */
export function describePaths(addon: Addon, backend: BackendName, tests: () => void): void {
  describe.each(addon.paths())('on %s', (path) => {
    beforeAll(async () => {
      configure(addon, path, 2, backend);
      await tf.setBackend(backend);
    });
    beforeEach(() => tf.engine().startScope());
    afterEach(() => tf.engine().endScope());
    tests();
  });
}
