import { hostFused } from '../host-fused.ts';
import { version } from '../version.ts';
import { type EngineCandidate, misfit } from './candidate.ts';

const ISA = 'portable';

/** Plain JavaScript: slow, and there on every machine. */
export const js: EngineCandidate = {
  name: 'js',
  async start(request) {
    const reason = misfit(request, ISA);
    if (reason) return { unavailable: reason };
    const { tf } = request;
    await tf.setBackend('cpu');
    return {
      version: version(),
      precision: 'f32',
      isa: ISA,
      reproducible: 'bitwise',
      threads: 1,
      fused: hostFused,
    };
  },
};
