import type { EngineCandidate } from './candidate.ts';
import { load } from './load.ts';

const PACKAGE = '@archer-nas/engine-webgpu';

/** A graphics card by WebGPU, in a package that need not be installed. */
export const webgpu: EngineCandidate = {
  name: 'webgpu',
  async start(request) {
    const loaded = await load<{ readonly candidate?: EngineCandidate }>(PACKAGE);
    if ('unavailable' in loaded) {
      const missing = request.named && loaded.unavailable === 'not installed';
      return missing ? { unavailable: `not installed: npm install ${PACKAGE}` } : loaded;
    }
    const { candidate } = loaded.module;
    return candidate
      ? candidate.start(request)
      : { unavailable: `${PACKAGE} exports no candidate` };
  },
};
