import { createStreams } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { describe, expect, it } from 'vitest';
import { InnerSgd } from './inner-sgd.ts';
import { ParameterStore } from './parameter-store.ts';

const store = () =>
  new ParameterStore(
    ['a', 'b'].map((name) => ({ name, shape: [2], init: 'ones' as const })),
    createStreams(0),
  );
const read = (tensor: tf.Tensor | undefined) => [...(tensor?.dataSync() ?? [])];

function steps(inner: InnerSgd, count: number): void {
  const g = new Map([['a', tf.tensor1d([1, -2])]]);
  for (let step = 0; step < count; step++) inner.step(g, { learningRate: 0.1, scale: 0.5 });
  tf.dispose([...g.values()]);
}

describe('inner steps of SGD', () => {
  it('move away from the store, which stays as it is', () => {
    const [w, before] = [store(), tf.memory().numTensors];
    const inner = new InnerSgd(w, { momentum: 0.9 });
    steps(inner, 2);
    // v: 0.5, 0.95 of the direction; w: −0.05, −0.145
    const expected = [1 - 0.145, 1 + 0.29];
    read(inner.get('a', [2])).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i] as number, 6);
    });
    expect(read(w.value('a'))).toEqual([1, 1]);
    expect(inner.get('b', [2])).toBe(w.value('b'));
    const moved = inner.displacement();
    expect([...moved.keys()]).toEqual(['a']);
    read(moved.get('a')).forEach((value, i) => {
      expect(value).toBeCloseTo([0.145, -0.29][i] as number, 6);
    });
    tf.dispose([...moved.values()]);
    inner.dispose();
    expect(tf.memory().numTensors).toBe(before);
    w.dispose();
  });

  it('begin again at the store, with velocities that are forgotten, kept or restored', () => {
    const w = store();
    const once = (inner: InnerSgd) => {
      steps(inner, 1);
      const a = read(inner.get('a', [2]));
      inner.dispose();
      return a;
    };
    const after = (velocities: 'forget' | 'keep') => {
      const inner = new InnerSgd(w, { momentum: 0.9 });
      steps(inner, 1);
      inner.reset(velocities);
      expect(read(inner.get('a', [2]))).toEqual([1, 1]);
      return inner;
    };
    expect(once(after('forget'))).toEqual(once(new InnerSgd(w, { momentum: 0.9 })));
    const kept = after('keep');
    const restored = new InnerSgd(w, { momentum: 0.9 }, kept.state);
    const [first] = once(kept);
    expect(first).toBeCloseTo(1 - 0.1 * (0.9 * 0.5 + 0.5), 6);
    expect(once(restored)[0]).toBe(first);
    w.dispose();
  });
});
