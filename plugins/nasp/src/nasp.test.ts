import { createStreams, type State } from '@archer-nas/core';
import type { BatchLoss, BilevelStep, Mixture, Rows, Site } from '@archer-nas/nn';
import { describe, expect, it } from 'vitest';
import { binarised, keptRows, nasp } from './nasp.ts';

const alpha = {
  ...{ lr: 3e-4, beta1: 0.5, beta2: 0.999, weightDecay: 0 },
  init: { value: 0.5, noise: 1e-3 },
};
const streams = createStreams(1);

/** One node per list, with an edge for each of its counts. */
const sitesOf = (...nodes: number[][]): Site[] => {
  let decision = 0;
  return nodes.flatMap((counts, node) =>
    counts.map((n) => {
      const options = Array.from({ length: n }, (_, option) => `option${option}`);
      return { name: `edge${decision}`, decision: decision++, options, node: `node${node}` };
    }),
  );
};

const savedAt = (...rows: number[][]): State => {
  const zeros = rows.map((row) => new Float64Array(row.length));
  const values = rows.map((row) => Float64Array.from(row));
  return { rows: values, first: zeros, second: zeros, steps: 0 } as unknown as State;
};

function linear(...rows: number[][]) {
  const asked: Mixture[] = [];
  const valid: BatchLoss = {
    value: () => 0,
    accuracy: () => 0,
    gradients: (mixture) => {
      asked.push(mixture);
      return { gradients: new Map(), rows: rows.map((row) => Float64Array.from(row)) };
    },
  };
  return { asked, step: { valid } as unknown as BilevelStep };
}

describe('R39 the proximal steps of NASP (checks of section 4)', () => {
  const start = [0.5, 0.52, 0.49, 0.51];

  it('run the one-hot at the greatest α: index 1 of (.5, .52, .49, .51)', () => {
    const relaxation = nasp({ edges: null, alpha }).begin(sitesOf([4]), streams, savedAt(start));
    expect(relaxation.weightMixture({} as BilevelStep)).toEqual([{ support: [1] }]);
    expect(binarised([Float64Array.from(start)], [true])).toEqual([Float64Array.of(0, 1, 0, 0)]);
  });

  it('move α by the gradient at the one-hot, by every option, and clip: (.42, .54, .45, 1)', () => {
    // Adam's first step with so large an ε is plain descent with the learning rate 0.2.
    const plain = { ...alpha, lr: 0.2e8, epsilon: 1e8 };
    const relaxation = nasp({ edges: null, alpha: plain }).begin(
      sitesOf([4]),
      streams,
      savedAt(start),
    );
    const { asked, step } = linear([0.4, -0.1, 0.2, -3]);
    relaxation.update?.(step);
    expect(asked).toEqual([[{ support: [0, 1, 2, 3], weights: Float64Array.of(0, 1, 0, 0) }]]);
    const { rows } = relaxation.state as unknown as { rows: Rows };
    for (const [i, value] of [0.42, 0.54, 0.45, 1].entries()) {
      expect(rows[0]?.[i]).toBeCloseTo(value, 6);
    }
    expect(rows[0]?.[3]).toBe(1);
  });

  it('keep α in [0, 1] on both sides', () => {
    const relaxation = nasp({ edges: null, alpha: { ...alpha, lr: 0.1 } }).begin(
      sitesOf([2]),
      streams,
    );
    const { step } = linear([1, -1]);
    for (let i = 0; i < 20; i++) relaxation.update?.(step);
    const { rows } = relaxation.state as unknown as { rows: Rows };
    expect(rows).toEqual([Float64Array.of(0, 1)]);
    expect(relaxation.probabilities[0]?.[1]).toBeCloseTo(1 / (1 + Math.exp(-1)), 9);
  });
});

describe('the point that studies look at', () => {
  it('is ᾱ, where α is the mixture itself, with the gradient of that', () => {
    const relaxation = nasp({ edges: 1, alpha: { ...alpha, weightDecay: 1e-3 } }).begin(
      sitesOf([2, 3]),
      streams,
      savedAt([0.4, 0.1], [0.2, 0.3, 0.9]),
    );
    const { point } = relaxation;
    expect(point?.alpha).toEqual([Float64Array.of(0, 0), Float64Array.of(0, 0, 1)]);
    expect(point?.weightDecay).toBe(1e-3);
    const near = [Float64Array.of(0.01, 0), Float64Array.of(0, 0, 1)];
    const mixture = [
      { support: [0, 1], weights: near[0] },
      { support: [0, 1, 2], weights: near[1] },
    ];
    expect(point?.mixture(near)).toEqual(mixture);
    const { asked, step } = linear([0.4, -0.1], [0.2, -3, 1]);
    const slopes = point?.gradient(near, step.valid);
    expect(slopes).toEqual([Float64Array.of(0.4, -0.1), Float64Array.of(0.2, -3, 1)]);
    expect(asked).toEqual([mixture]);
  });
});

describe('α at the start', () => {
  it('is .5 with a little noise, so that there are no ties, or .5 alone', () => {
    const begin = (noise: number) => {
      const options = { edges: null, alpha: { ...alpha, init: { value: 0.5, noise } } };
      const { state } = nasp(options).begin(sitesOf([5, 5]), streams);
      return (state as unknown as { rows: Rows }).rows.flatMap((row) => [...row]);
    };
    expect(new Set(begin(1e-3)).size).toBe(10);
    for (const value of begin(1e-3)) expect(Math.abs(value - 0.5)).toBeLessThan(5e-3);
    expect(new Set(begin(0))).toEqual(new Set([0.5]));
  });
});

describe('the edges of a node', () => {
  const rows = [
    [0.1, 0.6],
    [0.9, 0.2],
    [0.3, 0.8],
    [0.4, 0.4],
    [0.4, 0.1],
  ];
  const sites = sitesOf([2, 2, 2], [2, 2]);

  it('that run are those with the greatest α, the first of equal ones', () => {
    const alphaRows = rows.map((row) => Float64Array.from(row));
    expect(
      keptRows(
        alphaRows,
        [
          [0, 1, 2],
          [3, 4],
        ],
        2,
      ),
    ).toEqual([false, true, true, true, true]);
    expect(
      keptRows(
        alphaRows,
        [
          [0, 1, 2],
          [3, 4],
        ],
        1,
      ),
    ).toEqual([false, true, false, true, false]);
  });

  it('run alone, and the others as zeros, whose α still have a gradient', () => {
    const relaxation = nasp({ edges: 1, alpha }).begin(sites, streams, savedAt(...rows));
    expect(relaxation.weightMixture({} as BilevelStep)).toEqual([
      { support: [] },
      { support: [0] },
      { support: [] },
      { support: [0] },
      { support: [] },
    ]);
    const { asked, step } = linear(...rows.map(() => [0.1, 0.1]));
    relaxation.update?.(step);
    expect(asked[0]?.map(({ weights }) => [...(weights ?? [])])).toEqual([
      [0, 0],
      [1, 0],
      [0, 0],
      [1, 0],
      [0, 0],
    ]);
  });
});
