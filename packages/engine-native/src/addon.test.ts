import { expect, it } from 'vitest';
import type { Addon } from './addon.ts';
import { TensorBuffers } from './tensor-buffers.ts';
import { describeBuilt } from './testing/built.ts';
import { between, generator, guarded } from './testing/numbers.ts';

type Any = (...args: unknown[]) => unknown;

/**
 * What each kernel takes: s shape, f Float32Array, n number, i integer, b boolean, l labels or
 * other Int32Arrays, L a list of Float32Arrays.
 */
const KERNELS: Readonly<Partial<Record<keyof Addon, string>>> = {
  conv: 'sfff',
  convInputGradient: 'sfff',
  convFilterGradient: 'sfff',
  depthwise: 'sfff',
  depthwiseInputGradient: 'sfff',
  depthwiseFilterGradient: 'sfff',
  convBatchNorm: 'snbfffffffff',
  convBatchNormGradient: 'snbbfffffffffff',
  batchNorm: 'snfffffff',
  batchNormGradient: 'snffffffff',
  batchNormGiven: 'snffffff',
  maxPool: 'sff',
  maxPoolGradient: 'sfff',
  averagePool: 'sfff',
  averagePoolGradient: 'sbff',
  unary: 'iiff',
  binary: 'isfff',
  sum: 'iiinff',
  fill: 'inf',
  copy: 'sff',
  matmul: 'sfff',
  crossEntropy: 'iiflff',
  sgd: 'innnnbfffff',
  separable: 'snbffffffffff',
  separableGradient: 'snbbfffffffffffffffffff',
  separableGiven: 'snbfffffffff',
  convBatchNormGiven: 'snbffffffff',
  batchNormGivenAdd: 'snfffffff',
  poolMoments: 'ilLLff',
  updateMoments: 'innffffff',
  sumAll: 'iLf',
  mixture: 'ifLf',
  mixtureGradient: 'iffLLf',
  adam: 'innnnnnnfffffff',
  norms: 'lLf',
  transcendental: 'iiff',
  softmax: 'iiff',
  extreme: 'biiiff',
  lstm: 'sffffffff',
  lstmGradient: 'sffffffffffffff',
  highway: 'sffffffffff',
  highwayGradient: 'siffffffffffffffff',
};

describeBuilt('the arguments', (addon) => {
  it('throws for shapes that do not fit and never writes outside of its arrays', () => {
    const random = generator(5);
    const pick = (low: number, high: number) => between(random, low, high);
    // Mostly small numbers, so that some calls pass; now and then absurd ones.
    const size = () =>
      pick(0, 40) === 0
        ? ([-1, 0, 2 ** 31 - 1, -(2 ** 31), 65536][pick(0, 4)] as number)
        : pick(1, 3);
    let [passed, refused] = [0, 0];
    const took = new Set<string>();
    // Of the kernels' own memory and of JavaScript's.
    const buffers = new TensorBuffers(addon);
    const make = (length: number) => buffers.take(length);
    for (let round = 0; round < 400; round++) {
      for (const [name, kinds] of Object.entries(KERNELS)) {
        const outputs: ReturnType<typeof guarded>[] = [];
        const floats = () => {
          const output = guarded(pick(0, 3) ? 300 : pick(0, 40), pick(0, 1) ? make : undefined);
          output.values.fill(0.5);
          outputs.push(output);
          return output.values;
        };
        const args = [...(kinds as string)].map((kind) => {
          if (pick(0, 200) === 0)
            return [undefined, null, 'x', {}, NaN, new Float64Array(9)][pick(0, 5)];
          if (kind === 's') return Int32Array.from({ length: pick(0, 9) ? 24 : pick(0, 12) }, size);
          if (kind === 'i') return size();
          if (kind === 'n') return random();
          if (kind === 'b') return pick(0, 1) === 1;
          if (kind === 'l') return Int32Array.from({ length: pick(0, 5) }, () => pick(-1, 3));
          if (kind === 'L') return Array.from({ length: pick(0, 9) ? 2 : pick(0, 3) }, floats);
          return floats();
        });
        try {
          (addon[name as keyof Addon] as Any)(...args);
          passed++;
          took.add(name);
        } catch (error) {
          expect((error as { code?: string }).code, `${name} ${error}`).toBe('ARCHER_NATIVE');
          refused++;
        }
        expect(
          outputs.every((output) => output.intact()),
          `${name} ${args}`,
        ).toBe(true);
        for (const { whole } of outputs) if (buffers.owns(whole)) buffers.give(whole);
      }
    }
    // Both kinds must have been tried, or the test says nothing.
    expect(passed).toBeGreaterThan(500);
    expect(refused).toBeGreaterThan(500);
    expect([...took].sort()).toEqual(Object.keys(KERNELS).sort());
  });

  it('says what is wrong with a call', () => {
    const shape = Int32Array.of(1, 4, 4, 1, 3, 3, 1, 1, 1, 1, 1, 1, 1, 4, 4);
    const [x, w] = [new Float32Array(16), new Float32Array(9)];
    const conv = addon.conv as Any;
    expect(() => conv(shape, x, w)).toThrow('Expected 4 arguments, got 3.');
    expect(() => conv(shape, x, w, new Float64Array(16))).toThrow(
      'Argument 4 is not a Float32Array.',
    );
    expect(() => conv(shape, x, w, new Float32Array(15))).toThrow(
      'Argument 4 has 15 values; the shape needs 16.',
    );
    const labels = Int32Array.of(0, 2);
    const [a, b] = [new Float32Array(4), new Float32Array(4)];
    expect(() => addon.crossEntropy(2, 2, a, labels, new Float32Array(2), b)).toThrow(
      'A label is not one of the classes.',
    );
    expect(() => addon.usePath(9)).toThrow('There is no such instruction-set path.');
  });
});
