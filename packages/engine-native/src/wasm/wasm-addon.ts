import type { Addon, Kernels } from '../addon.ts';
import { Calls } from './call.ts';
import { entryNames, refusal, startInstance } from './instance.ts';
import { WasmMemory } from './memory.ts';
import { Workers } from './workers.ts';

/** How many of a kernel's last arguments it writes; one where nothing is said. */
const OUTPUTS: Readonly<Partial<Record<keyof Kernels, number>>> = {
  convBatchNorm: 4,
  convBatchNormGradient: 4,
  batchNorm: 3,
  batchNormGradient: 3,
  crossEntropy: 2,
  sgd: 2,
  separable: 3,
  separableGradient: 6,
  poolMoments: 2,
  updateMoments: 2,
  mixtureGradient: 2,
  adam: 3,
  lstm: 2,
  lstmGradient: 6,
  highway: 2,
  highwayGradient: 6,
  highwayWindow: 2,
  highwayWindowGradient: 3,
  decodedCrossEntropy: 6,
};

/** The only instruction set of the module. */
const PATH = 'simd128';

/**
 * The kernels as a WebAssembly module with the face of the addon.
 *
 * @throws RangeError when the system does not grant the memory
 */
export function createWasmAddon(instance = startInstance()): Addon {
  const memory = new WasmMemory(instance);
  const calls = new Calls(instance, memory);
  const workers = new Workers(instance);
  const kernels = entryNames(instance).map((name, entry) => {
    const outputs = OUTPUTS[name as keyof Kernels] ?? 1;
    return [name, (...args: unknown[]) => calls.call(entry, outputs, args)];
  });
  return {
    ...(Object.fromEntries(kernels) as Kernels),
    buffer: (bytes) => memory.floats(memory.allocate(bytes), bytes / 4),
    setThreads(count) {
      if (!(count >= 1)) throw refusal('At least one thread is needed.');
      workers.use(Math.floor(count));
    },
    paths: () => [PATH],
    usePath(position) {
      if (position !== 0) throw refusal('There is no such instruction-set path.');
    },
    bf16Paths: () => [],
    useBf16Path() {
      throw refusal('There is no such instruction-set path.');
    },
  };
}

let loaded: { readonly addon: Addon } | { readonly unavailable: string } | undefined;

/** This process's module, or why it does not start. */
export function loadWasm(): { readonly addon: Addon } | { readonly unavailable: string } {
  loaded ??= start();
  return loaded;
}

function start(): { readonly addon: Addon } | { readonly unavailable: string } {
  try {
    return { addon: createWasmAddon() };
  } catch (error) {
    const [line] = (error as Error).message.split('\n');
    return { unavailable: `its module does not start: ${line}` };
  }
}
