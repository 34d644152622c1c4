import { createStreams, type TensorState } from '@archer-nas/core';
import type { Forward, Network } from '@archer-nas/nn';
import { describe, expect, it } from 'vitest';
import { type OneShotOptions, oneShotOptions } from './options.ts';
import { shuffledOrder } from './shuffle.ts';
import { toyData, toyNetwork } from './testing/toy-supernet.ts';
import { Training } from './training.ts';
import { uniformPaths } from './uniform.ts';

/** A toy supernet whose auxiliary logits are its logits; notes the passes over it. */
function watched(seen: Forward[] = []): Network {
  const network = toyNetwork(toyData());
  return {
    ...network,
    forward(images, gates, forward) {
      const logits = network.forward(images, gates, forward);
      forward.auxiliary?.(logits);
      seen.push(forward);
      return logits;
    },
  };
}

function training(network: Network, options: Partial<OneShotOptions>): Training {
  return new Training({
    ...{ network, data: toyData(), paths: uniformPaths(), order: shuffledOrder },
    options: oneShotOptions.parse({ epochs: 2, ...options }),
    streams: createStreams(7),
  });
}

/** By how much the first step moves the classifier. */
function firstMove(auxiliary: number): number[] {
  const of = training(watched(), { auxiliary, clip: null, weightDecay: 0 });
  const weights = () => {
    const { parameters } = of.state as { parameters: Record<string, TensorState> };
    return [...(parameters['classifier.weight'] as TensorState).data];
  };
  const before = weights();
  of.step();
  const after = weights();
  of.dispose();
  return after.map((value, at) => value - (before[at] as number));
}

describe('the training of a supernet with extras', () => {
  it('drops paths with a rate that grows over all steps, (s + 1)/S of the whole', () => {
    const seen: Forward[] = [];
    const of = training(watched(seen), { dropPath: 0.3, dropout: 0.1 });
    for (let step = 0; step < 6; step++) of.step();
    of.dispose();
    const rates = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3];
    expect(seen).toHaveLength(6);
    seen.forEach(({ dropPath }, step) => {
      expect(dropPath).toBeCloseTo(rates[step] as number, 12);
    });
    expect(seen.map(({ dropout }) => dropout)).toEqual(rates.map(() => 0.1));
  });

  it('follows the auxiliary loss by its weight: with the same logits, 1.4 times as far', () => {
    const without = firstMove(0);
    expect(without.some((moved) => Math.abs(moved) > 1e-3)).toBe(true);
    firstMove(0.4).forEach((moved, at) => {
      expect(moved).toBeCloseTo(1.4 * (without[at] as number), 6);
    });
  });

  it('has none unless it is asked for', () => {
    const seen: Forward[] = [];
    const of = training(watched(seen), {});
    of.step();
    of.dispose();
    const [{ dropPath, dropout, auxiliary } = {}] = seen;
    expect([dropPath, dropout, auxiliary]).toEqual([0, 0, undefined]);
  });
});
