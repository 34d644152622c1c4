import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { describeOnHosts, type Host, use } from './testing/host-engines.ts';
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

describe.each(['js', 'wasm'] as const)('three training steps on %s', (name) => {
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

describeOnHosts('three training steps', (name) => {
  it('end where those on js do, but for rounding', async () => {
    const [expected, actual] = [await parameters('js'), await parameters(name)];
    const far = expected.map((value, i) => Math.abs(value - (actual[i] as number)));
    expect(actual).toHaveLength(expected.length);
    expect(Math.max(...far)).toBeLessThan(1e-5);
  });
});

async function parameters(name: Host): Promise<Float32Array> {
  await use(name);
  return new Float32Array(trainThreeSteps().slice().buffer);
}
