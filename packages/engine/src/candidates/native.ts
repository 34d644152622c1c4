import type { EngineCandidate } from './candidate.ts';
import { load } from './load.ts';

const PACKAGE = '@archer-nas/engine-native';

/**
 * Archer's own kernels, in a package of their own that need not be installed. It exports
 * `candidate`, an {@link EngineCandidate}.
 */
export const native: EngineCandidate = {
  name: 'native',
  async start(request) {
    const loaded = await load<{ candidate?: EngineCandidate }>(PACKAGE);
    if ('unavailable' in loaded) return loaded;
    const { candidate } = loaded.module;
    if (!candidate) return { unavailable: `${PACKAGE} exports no candidate` };
    return candidate.start(request);
  },
};
