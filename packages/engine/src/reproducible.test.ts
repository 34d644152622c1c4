import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { HOSTS, use } from './testing/host-engines.ts';
import { trainThreeSteps } from './testing/train-three-steps.ts';

/**
 * SHA-256 of the parameters after three steps, recorded by another process. A change here
 * means that the engine's bits have changed: runs of older versions cannot be continued.
 */
const RECORDED: Readonly<Record<string, string>> = {
  js: '19febb17612e2995fc0543c52146b3b79883a67807a52a89b2a302eccf4cbcf1',
  wasm: 'f75101a2032c2ce389cbcb5e78cfadb6206a9a9354e71d94782e63211e380b21',
};

const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe.each(HOSTS)('three training steps on %s', (name) => {
  it.skipIf(name === 'wasm' && process.arch !== 'x64')(
    'give the recorded bits, and the same again',
    async () => {
      await use(name);
      const bytes = trainThreeSteps();
      expect(trainThreeSteps()).toEqual(bytes);
      expect(hash(bytes)).toBe(RECORDED[name]);
    },
  );
});
