import { afterEach, describe, expect, it, vi } from 'vitest';
import type { EngineCandidate, RunningEngine } from './candidates/candidate.ts';
import { js } from './candidates/js.ts';
import { load } from './candidates/load.ts';
import { ENGINES } from './choice.ts';
import { tf } from './repaired.ts';
import { CANDIDATES } from './start-engine.ts';

const absent: EngineCandidate = {
  name: 'native',
  start: async () => ({ unavailable: 'not installed' }),
};

/** A process of its own, as far as the started engine goes. */
async function fresh(): Promise<typeof import('./start-engine.ts').startEngine> {
  vi.resetModules();
  return (await import('./start-engine.ts')).startEngine;
}

describe('startEngine', () => {
  afterEach(() => tf.disposeVariables());

  it('tries the engines in the order of their names', () => {
    expect(CANDIDATES.map(({ name }) => name)).toEqual(ENGINES);
  });

  it('takes the first that starts and says why not the better ones', async () => {
    const startEngine = await fresh();
    const engine = await startEngine({}, [absent, js]);
    expect(engine.name).toBe('js');
    expect(engine.description).toMatch(/^js 4\.22\.0\+\S+, f32, portable, 1 thread/);
    expect(engine.description).toContain('; not native: not installed');
    expect(engine.class).toBe(`js/${engine.version}/f32/portable`);
    expect(tf.getBackend()).toBe('cpu');
  });

  it('never falls back from an engine that was named', async () => {
    const startEngine = await fresh();
    const start = startEngine({ engine: 'native' }, [absent, js]);
    await expect(start).rejects.toThrow('The engine native does not start here (not installed).');
    await expect(start).rejects.toMatchObject({ code: 'ARCHER_ENGINE_UNAVAILABLE', exit: 6 });
    expect((await startEngine({ engine: 'js' }, [absent, js])).name).toBe('js');
  });

  it('refuses a precision or path that the named engine does not have', async () => {
    const startEngine = await fresh();
    for (const [option, reason] of [
      [{ precision: 'bf16' }, 'computes in f32, not bf16'],
      [{ isa: 'avx2' }, 'its instruction-set path is portable, not avx2'],
    ] as const) {
      await expect(startEngine({ engine: 'js', ...option })).rejects.toThrow(reason);
    }
    const hint = expect.stringContaining('precision: f32');
    await expect(startEngine({ engine: 'js', precision: 'bf16' })).rejects.toMatchObject({ hint });
  });

  it('gives the same object again, and another engine only when no tensor lives', async () => {
    const startEngine = await fresh();
    const [first, again] = await Promise.all([
      startEngine({ engine: 'js' }),
      startEngine({ engine: 'js' }),
    ]);
    expect(again).toBe(first);
    const tensor = tf.scalar(1);
    await expect(startEngine({ engine: 'wasm' })).rejects.toMatchObject({
      code: 'ARCHER_ENGINE_STARTED',
      exit: 6,
    });
    expect(tf.getBackend()).toBe('cpu');
    tensor.dispose();
    expect((await startEngine({ engine: 'wasm' })).name).toBe('wasm');
    expect(tf.getBackend()).toBe('wasm');
  });

  it("provides the started engine's fused kernels, and keeps them when another fails", async () => {
    const startEngine = await fresh();
    const { fusedKernels } = await import('./current-fused.ts');
    const fused = { sgdStep: () => {} };
    const own: EngineCandidate = {
      name: 'native',
      start: async (request) => ({ ...(await js.start(request)), fused }) as RunningEngine,
    };
    const engine = await startEngine({ engine: 'native' }, [own, js]);
    expect(fusedKernels()).toBe(fused);
    await expect(startEngine({ engine: 'js', isa: 'avx2' }, [own, js])).rejects.toThrow();
    expect(await startEngine({ engine: 'native' }, [own, js])).toBe(engine);
  });

  it('reports packages that are not installed as that', async () => {
    expect(await load('@archer-nas/no-such-package')).toEqual({ unavailable: 'not installed' });
    expect(await load('/no/such')).toEqual({ unavailable: 'no package at /no/such' });
  });
});
