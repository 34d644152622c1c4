import { createStreams } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { type Batch, lossAndGradients, type Network, ParameterStore } from '@archer-nas/nn';
import { beforeAll, describe, expect, it } from 'vitest';

import { RELEASED } from '../test/released.ts';
import { auxiliaryCell } from './auxiliary-head.ts';
import { parseGenotype } from './genotype.ts';
import { cellNetwork } from './network.ts';

const CIFAR10 = { classes: 10, image: { height: 32, width: 32, channels: 3 } };
const v2 = parseGenotype(RELEASED.DARTS_V2);
const size = { channels: 2, cells: 3 };

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const count = ({ parameters }: Network): number =>
  parameters.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);

/** Loss, loss per image, and the number of gradients on two images. */
function lossOf(network: Network, options: { auxiliary?: number; dropPath?: number }): number[] {
  const streams = createStreams(3);
  const store = new ParameterStore(network.parameters, streams);
  const stream = streams.stream('images');
  const values = Float32Array.from({ length: 2 * 3072 }, () => stream.normal());
  const images = tf.tensor4d(values, [2, 32, 32, 3]);
  const draws = (name: string) => streams.stream(name);
  const batch: Batch = { images, labels: Int32Array.of(1, 7), size: 2, draws, dispose() {} };
  const before = tf.memory().numTensors;
  const result = lossAndGradients(network, store, [], batch, options);
  const numbers = [result.loss, result.perSample].flatMap((tensor) => [...tensor.dataSync()]);
  numbers.push(result.gradients.size);
  result.dispose();
  expect(tf.memory().numTensors).toBe(before);
  images.dispose();
  store.dispose();
  return numbers;
}

describe('the auxiliary head', () => {
  it('has 476,426 parameters with 36 channels and 20 cells, beside 3,349,342 (check D)', () => {
    const paper = { channels: 36, cells: 20 };
    const plain = cellNetwork(paper, CIFAR10, v2);
    const both = cellNetwork(paper, { ...CIFAR10, auxiliary: true }, v2);
    expect(auxiliaryCell(paper)).toBe(13);
    expect(count(plain)).toBe(3_349_342);
    expect(count(both) - count(plain)).toBe(476_426);
    expect([plain.auxiliary, both.auxiliary]).toEqual([false, true]);
  });

  it('is run when it is asked for, and changes no logits', () => {
    const network = cellNetwork(size, { ...CIFAR10, auxiliary: true }, v2);
    const [loss = 0, a, b, with_ = 0] = lossOf(network, { auxiliary: 0.4 });
    const [main = 0, c, d, without = 0] = lossOf(network, {});
    expect([a, b]).toEqual([c, d]);
    expect(main).toBeCloseTo(((a as number) + (b as number)) / 2, 5);
    expect(loss).toBeGreaterThan(main);
    // Two convolutions, two norms of two parameters, and the classifier's two.
    expect(with_ - without).toBe(8);
  });

  it('has no second batch norm for ImageNet, and reads maps of 7×7', () => {
    const sizes = { ...size, stem: 'imagenet' } as const;
    const task = { classes: 2, image: { height: 224, width: 224, channels: 3 } };
    const [plain, both] = [false, true].map((auxiliary) =>
      cellNetwork(sizes, { ...task, auxiliary }, v2),
    ) as [Network, Network];
    // 1×1 to 128 with batch norm, 2×2 to 768, classifier.
    const channels = 4 * 8;
    const head = channels * 128 + 2 * 128 + 4 * 128 * 768 + (768 + 1) * 2;
    expect(count(both) - count(plain)).toBe(head);
    expect(() => cellNetwork(sizes, { ...CIFAR10, auxiliary: true }, v2)).toThrow(
      /images of 32×32/,
    );
    const parameters = new ParameterStore(both.parameters, createStreams(3));
    const seen: number[][] = [];
    const auxiliary = (logits: tf.Tensor) => {
      seen.push(logits.shape);
    };
    tf.tidy(() => {
      const images: tf.Tensor4D = tf.zeros([1, 224, 224, 3]);
      both.forward(images, [], { parameters, batchNorm: 'batch', auxiliary });
    });
    parameters.dispose();
    expect(seen).toEqual([[1, 2]]);
  });

  it('refuses images whose maps it is not made for', () => {
    const task = { classes: 2, image: { height: 16, width: 16, channels: 3 }, auxiliary: true };
    expect(() => cellNetwork(size, task, v2)).toThrow(/8×8; images of 16×16 give it 4×4/);
  });
});

describe('drop-path', () => {
  const only = (op: string) => {
    const cell = [0, 1, 0, 1, 0, 1, 0, 1].map((from) => `('${op}', ${from})`).join(', ');
    const concat = 'concat=[2, 3, 4, 5]';
    return parseGenotype(
      `Genotype(normal=[${cell}], normal_${concat}, reduce=[${cell}], reduce_${concat})`,
    );
  };

  it('drops what operations give, and nothing where the rate is 0', () => {
    const network = cellNetwork(size, CIFAR10, only('sep_conv_3x3'));
    expect(lossOf(network, { dropPath: 0 })).toEqual(lossOf(network, {}));
    expect(lossOf(network, { dropPath: 0.5 })).not.toEqual(lossOf(network, {}));
    expect(lossOf(network, { dropPath: 0.5 })).toEqual(lossOf(network, { dropPath: 0.5 }));
  });
});
