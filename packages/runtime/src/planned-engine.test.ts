import { describe, expect, it } from 'vitest';
import { engineSettings } from './planned-engine.ts';

const MANIFEST = { use: 'native', isa: 'avx2', precision: 'f32', threads: 2 } as const;

describe('the engine that a run asks for', () => {
  it("is the manifest's where nothing else is said", () => {
    const { use: engine, ...rest } = MANIFEST;
    expect(engineSettings(MANIFEST, {})).toEqual({ engine, ...rest });
  });

  it('is what is said, before the manifest', () => {
    const given = { isa: 'sse2', precision: 'bf16', threads: 1 } as const;
    expect(engineSettings(MANIFEST, given)).toEqual({ engine: 'native', ...given });
    expect(engineSettings(undefined, given)).toEqual({ engine: undefined, ...given });
  });

  it("does not take the path of the manifest's engine to another one", () => {
    expect(engineSettings(MANIFEST, { engine: 'wasm' }).isa).toBeUndefined();
    expect(engineSettings(MANIFEST, { engine: 'wasm', isa: 'simd128-x64' }).isa).toBe(
      'simd128-x64',
    );
    expect(engineSettings(MANIFEST, { engine: 'native' }).isa).toBe('avx2');
  });

  it('has no more threads than ARCHER_THREADS, whoever asks for them', () => {
    const env = { ARCHER_THREADS: '3' };
    expect(engineSettings(undefined, {}, env).threads).toBe(3);
    expect(engineSettings(MANIFEST, {}, env).threads).toBe(2);
    expect(engineSettings(MANIFEST, { threads: 8 }, env).threads).toBe(3);
    expect(engineSettings(undefined, {}, {}).threads).toBeUndefined();
    expect(() => engineSettings(undefined, {}, { ARCHER_THREADS: 'all' })).toThrow(
      'ARCHER_THREADS is "all".',
    );
  });
});
