import { type Block, createStreams } from '@archer-nas/core';
import {
  type BatchLoss,
  type BilevelStep,
  denseMixture,
  type Mixture,
  type Rows,
  type Site,
  softmaxRows,
} from '@archer-nas/nn';
import { describe, expect, it } from 'vitest';
import plugins from './index.ts';
import { setn, uniformOptions } from './setn.ts';

const OPTIONS = ['none', 'skip', 'conv'];
/** Cells of two nodes: edge 0 leads to the first, edges 1 and 2 to the second. */
const sitesOf = (cells: number): Site[] =>
  Array.from({ length: 3 * cells }, (_, at) => {
    const [cell, decision] = [Math.floor(at / 3), at % 3];
    const node = `cell${cell}.node${decision === 0 ? 1 : 2}`;
    return { name: `cell${cell}.edge${decision}`, decision, options: OPTIONS, node, zero: 0 };
  });

const streams = createStreams(4);
const alpha = { lr: 0.1, beta1: 0.5, beta2: 0.999, weightDecay: 0, init: 1e-3 };

/** A loss linear in the mixture, and what it was asked for. */
function linear(row: readonly number[]) {
  const asked: Mixture[] = [];
  const valid: BatchLoss = {
    value: () => 0,
    accuracy: () => 0,
    gradients: (mixture) => {
      asked.push(mixture);
      return { gradients: new Map(), rows: mixture.map(() => Float64Array.from(row)) };
    },
  };
  return { valid, asked };
}

const stepAt = (step: number, valid?: BatchLoss) =>
  ({ step, epoch: 0, epochs: 1, streams, valid }) as unknown as BilevelStep;

describe('the paths of the weight step', () => {
  it('R39 are uniform among those that leave no node without input', () => {
    const counts = new Map<string, number>();
    for (let step = 0; step < 4000; step++) {
      const path = uniformOptions(sitesOf(1), streams.stream('draw', step)).join('');
      counts.set(path, (counts.get(path) ?? 0) + 1);
    }
    // 2 options for the edge of node 1, 9 − 1 pairs for node 2.
    expect(counts.size).toBe(16);
    for (const [path, count] of counts) {
      expect(path).toMatch(/^[12](?!00)/);
      // 250 each; four standard deviations are 61.
      expect(Math.abs(count - 250)).toBeLessThan(61);
    }
  });

  it('may have zeros alone where the space does not say what is added, or has nothing else', () => {
    const unknown = sitesOf(1).map(({ node: _, ...site }) => site);
    const some = Array.from({ length: 200 }, (_, at) => {
      return uniformOptions(unknown, streams.stream('unknown', at)).join('');
    });
    expect(some.some((path) => path.startsWith('0'))).toBe(true);
    const only = sitesOf(1).map((site) => ({ ...site, options: ['none'] }));
    expect(uniformOptions(only, streams.stream('only'))).toEqual([0, 0, 0]);
  });

  it('differ between the cells of a network, or are one for all of them', () => {
    const drawn = (per: 'cell' | 'network') => {
      const relaxation = setn({ per, alpha }).begin(sitesOf(4), streams);
      return Array.from({ length: 20 }, (_, step) => relaxation.weightMixture(stepAt(step)));
    };
    const cells = drawn('cell');
    for (const mixture of cells) {
      for (const { apart } of mixture) expect(apart).toHaveLength(4);
      const ofCell = [0, 1, 2, 3].map((cell) => mixture.map(({ apart }) => apart?.[cell]).join(''));
      for (const path of ofCell) expect(path).toMatch(/^[12](?!00)/);
    }
    expect(cells.some(([row]) => new Set(row?.apart).size > 1)).toBe(true);
    for (const mixture of drawn('network')) {
      for (const row of mixture) expect(row).toEqual({ support: [row.support[0]] });
    }
  });

  it('do not depend on α', () => {
    const paths = (row: readonly number[]) => {
      const relaxation = setn({ per: 'network', alpha }).begin(sitesOf(1), streams);
      for (let i = 0; i < 50; i++) relaxation.update?.(stepAt(i, linear(row).valid));
      return Array.from({ length: 20 }, (_, step) => relaxation.weightMixture(stepAt(step)));
    };
    expect(paths([1, 0, -1])).toEqual(paths([-1, 0, 1]));
  });
});

describe('α', () => {
  it('descends the validation loss of the joint mixture', () => {
    const relaxation = setn({ per: 'cell', alpha }).begin(sitesOf(2), streams);
    const before = relaxation.probabilities;
    const { valid, asked } = linear([0.2, -0.3, 0.1]);
    relaxation.update?.(stepAt(0, valid));
    expect(asked).toEqual([denseMixture(before)]);
    for (let i = 1; i < 60; i++) relaxation.update?.(stepAt(i, valid));
    for (const row of relaxation.probabilities) expect(row[1]).toBeGreaterThan(0.9);
  });

  it('has a point for studies: the gradient of finite differences', () => {
    const inner = [0.2, -0.3, 0.1];
    const { point } = setn({ per: 'cell', alpha }).begin(sitesOf(1).slice(0, 1), streams);
    const at: Rows = [Float64Array.of(0.3, -0.2, 0.1)];
    const loss = (rows: Rows) =>
      [...(softmaxRows(rows)[0] ?? [])].reduce((sum, p, i) => sum + p * (inner[i] ?? 0), 0);
    const [gradient] = point?.gradient(at, linear(inner).valid) ?? [];
    for (let i = 0; i < 3; i++) {
      const moved = (by: number) => at.map((row) => row.map((a, j) => (j === i ? a + by : a)));
      const numeric = (loss(moved(1e-5)) - loss(moved(-1e-5))) / 2e-5;
      expect(gradient?.[i]).toBeCloseTo(numeric, 8);
    }
    expect(point?.mixture(at)).toEqual(denseMixture(softmaxRows(at)));
  });
});

describe('strategy: { use: setn }', () => {
  const [strategy] = plugins;
  const expand = (options: object): Block => {
    if (!strategy || !('preset' in strategy)) throw new Error('setn is no preset');
    return strategy.preset(strategy.options.parse(options) as never);
  };

  it('selects one of 100 samples, clips nothing, and moves the weights first', () => {
    expect(expand({ selection: { batches: 2 } })).toMatchObject({
      ...{ use: 'bilevel', epochs: 250, first: 'weights', clip: null },
      selection: { architectures: 100, batches: 2 },
      relaxation: { use: 'setn', per: 'cell' },
    });
  });
});
