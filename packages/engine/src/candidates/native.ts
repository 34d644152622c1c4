import type { EngineCandidate } from './candidate.ts';
import { load } from './load.ts';

const PACKAGE = '@archer-nas/engine-native';

/** What the package exports: its two engines. */
interface Exports {
  readonly candidate?: EngineCandidate;
  readonly wasmCandidate?: EngineCandidate;
}

/** Archer's own kernels, compiled on installation, in a package that need not be installed. */
export const native = exported('native', 'candidate');

/** The same kernels as a WebAssembly module, for machines without a compiler. */
export const nativeWasm = exported('native-wasm', 'wasmCandidate');

function exported(name: string, key: keyof Exports): EngineCandidate {
  return {
    name,
    async start(request) {
      const loaded = await load<Exports>(PACKAGE);
      if ('unavailable' in loaded) return loaded;
      const candidate = loaded.module[key];
      if (!candidate) return { unavailable: `${PACKAGE} exports no ${key}` };
      return candidate.start(request);
    },
  };
}
