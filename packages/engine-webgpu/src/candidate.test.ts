import { startEngine, tf } from '@archer-nas/engine';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { candidate } from './candidate.ts';

const HOW = /^not installed.*: npm install webgpu@\d+\.\d+\.\d+ @tensorflow\/tfjs-backend-webgpu@4/;

describe('the engine webgpu', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('says how it is installed, to whoever asked for it', async () => {
    vi.stubEnv('ARCHER_WEBGPU', '/no/such/folder');
    const asked = await candidate.start({ tf, named: true });
    expect(asked).toEqual({ unavailable: expect.stringMatching(HOW) });
    expect(await candidate.start({ tf })).toEqual({ unavailable: 'not installed' });
    await expect(startEngine({ engine: 'webgpu' })).rejects.toMatchObject({
      code: 'ARCHER_ENGINE_UNAVAILABLE',
      exit: 6,
    });
  });

  it('refuses bf16 and another copy of TensorFlow.js', async () => {
    const bf16 = await candidate.start({ tf, precision: 'bf16', named: true });
    expect(bf16).toEqual({ unavailable: 'computes in f32, not bf16' });
    const other = await candidate.start({ tf: { ...tf } as typeof tf, named: true });
    expect(other).toEqual({ unavailable: 'another copy of TensorFlow.js is in use' });
  });

  it.skipIf(!process.env.ARCHER_WEBGPU)('refuses a path that the adapter has not', async () => {
    const answer = await candidate.start({ tf, isa: 'other-card', named: true });
    expect(answer).toEqual({ unavailable: expect.stringMatching(/^its .* path is .*, not other/) });
  });
});
