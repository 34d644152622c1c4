import type { EngineInfo } from '@archer-nas/core';

/** What rows say of the engine: without a backend that was chosen, tfjs computes in plain JS. */
export const plainEngine: EngineInfo = {
  name: 'js',
  version: '4.22.0',
  precision: 'f32',
  isa: 'none',
  class: 'js-test',
  reproducible: 'bitwise',
  description: 'plain JS',
};
