import { tf } from '@archer-nas/engine';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ChainStep, chainMacs, chainParameters, convChain } from './conv-chain.ts';
import { describeOnEngines } from './testing/engines.ts';
import { expectGradients, wave } from './testing/finite-differences.ts';
import { forwardWith } from './testing/forward.ts';

/** An inverted residual branch: 2 channels, 6 inside, 3 behind, stride 2. */
const STEPS: readonly ChainStep[] = [
  { name: 'expand', outputs: 6, kernel: 1, activation: 'relu6' },
  { name: 'depthwise', outputs: 6, kernel: 5, stride: 2, depthwise: true, activation: 'relu' },
  { name: 'project', outputs: 3, kernel: 1 },
];

beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

describe('a chain of convolutions', () => {
  it('has the parameters of its steps, with scale and offset only where asked', () => {
    const plain = chainParameters('block', 2, STEPS, { affine: false });
    expect(plain.map(({ name, shape }) => `${name} ${shape.join('×')}`)).toEqual([
      'block.expand.conv.weight 1×1×2×6',
      'block.depthwise.conv.weight 5×5×6×1',
      'block.project.conv.weight 1×1×6×3',
    ]);
    const owner = { site: 1, option: 2 };
    const affine = chainParameters('block', 2, STEPS, { affine: true, owner });
    expect(affine.map(({ shape }) => shape.length)).toEqual([4, 1, 1, 4, 1, 1, 4, 1, 1]);
    expect(new Set(affine.map((spec) => spec.owner))).toEqual(new Set([owner]));
  });

  it('costs what is counted by hand, and halves odd sides upwards', () => {
    // 12 on 49 pixels, then 25·6 and 18 on 4×4.
    expect(chainMacs({ channels: 2, side: 7 }, STEPS)).toEqual({
      macs: 12 * 49 + 150 * 16 + 18 * 16,
      output: { channels: 3, side: 4 },
    });
  });
});

describeOnEngines(() => {
  describe('R39 a chain of convolutions', () => {
    it('has the gradients of finite differences, and the size that its costs say', () => {
      const x = wave([2, 5, 5, 2], 0.2);
      const names = chainParameters('block', 2, STEPS, { affine: true }).map(({ name }) => name);
      const shapes = chainParameters('block', 2, STEPS, { affine: true }).map(({ shape }) => shape);
      const run = (input: tf.Tensor, ...parameters: tf.Tensor[]): tf.Tensor => {
        const values = Object.fromEntries(names.map((name, at) => [name, parameters[at]]));
        const forward = forwardWith(values as Record<string, tf.Tensor>);
        const options = { steps: STEPS, style: { affine: true } };
        return convChain(input as tf.Tensor4D, forward, 'block', options);
      };
      // Scale 0.3 around 3: between the ends of ReLU6, where there are no kinks.
      const parameters = names.map((name, at) => {
        if (name.endsWith('norm.weight')) return tf.fill([...(shapes[at] as number[])], 0.3);
        if (name.endsWith('norm.bias')) return tf.fill([...(shapes[at] as number[])], 3);
        return wave(shapes[at] as number[], at);
      });
      expect(run(x, ...parameters).shape).toEqual([2, 3, 3, 3]);
      expectGradients(run, [x, ...parameters], { probes: 4, tolerance: 1e-2 });
    });
  });
});
