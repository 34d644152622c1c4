import { startEngine, tf } from '@archer-nas/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { trainSteps } from './testing/train-steps.ts';

/** Opt-in: a folder that has the two packages, on a machine that has an adapter. */
const asked = Boolean(process.env.ARCHER_WEBGPU);

async function on(engine: string, steps: number): Promise<Float32Array> {
  tf.disposeVariables();
  const { fused } = await startEngine({ engine });
  const parameters = trainSteps(fused, steps);
  expect(tf.memory().numTensors).toBe(0);
  return parameters;
}

function farthest(a: Float32Array, b: Float32Array): number {
  expect(a).toHaveLength(b.length);
  return Math.max(...a.map((value, i) => Math.abs(value - (b[i] as number))));
}

describe.skipIf(!asked)('training on webgpu', { timeout: 120_000 }, () => {
  let expected: Float32Array;
  beforeAll(async () => {
    expected = await on('js', 1);
  });

  it('makes the step that the processor makes, within 1e-5', async () => {
    expect(farthest(await on('webgpu', 1), expected)).toBeLessThan(1e-5);
  });

  it('gives the same bits again on the same device', async () => {
    const [first, second] = [await on('webgpu', 3), await on('webgpu', 3)];
    expect(Buffer.from(first.buffer).equals(Buffer.from(second.buffer))).toBe(true);
  });

  it('carries adapter and driver in its class', async () => {
    const engine = await startEngine({ engine: 'webgpu' });
    expect(engine.class).toBe(`webgpu/${engine.version}/f32/${engine.isa}`);
    expect(engine.isa).toMatch(/^[a-z0-9.-]+$/);
    expect(engine.version).toMatch(/\.dawn\.\d/);
    expect(engine.reproducible).toBe('tolerance');
  });
});
