import { startEngine, tf } from '@archer-nas/engine';
import { expect, it } from 'vitest';
import { BACKEND } from './backend.ts';
import { candidate, wasmCandidate } from './candidate.ts';
import { describeBuilt } from './testing/built.ts';

describeBuilt('the engine', (addon, backend) => {
  const own = backend === BACKEND ? candidate : wasmCandidate;

  it('starts, names its instruction-set path and promises the same bits', async () => {
    const engine = await startEngine({ engine: own.name, threads: 2 });
    const [best] = addon.paths();
    expect(tf.getBackend()).toBe(backend);
    expect(engine.class).toBe(`${own.name}/${engine.version}/f32/${best}`);
    expect(engine).toMatchObject({ threads: 2, reproducible: 'bitwise' });
  });

  it('takes a pinned path, and refuses what it does not have', async () => {
    const last = addon.paths().at(-1) as string;
    expect(await own.start({ tf, isa: last })).toMatchObject({ isa: last });
    const f32 = { unavailable: 'computes in f32, not bf16' };
    expect(await wasmCandidate.start({ tf, precision: 'bf16' })).toEqual(f32);
    expect(await own.start({ tf, isa: 'mmx' })).toEqual({
      unavailable: `its instruction-set paths here are ${addon.paths().join(', ')}, not mmx`,
    });
  });

  it('refuses another copy of TensorFlow.js', async () => {
    const reason = { unavailable: 'another copy of TensorFlow.js is in use' };
    expect(await own.start({ tf: { ...tf } as typeof tf })).toEqual(reason);
  });
});
