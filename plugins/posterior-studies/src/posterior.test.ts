import { createStreams, type Report } from '@archer-nas/core';
import { describeJob, drive } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';
import { type Posterior, posterior } from './posterior.ts';
import { nothing, signData, signNetwork } from './testing/toy-signs.ts';

const parts = (more: Partial<Posterior> = {}): Posterior => ({
  ...{ network: signNetwork, data: signData, streams: createStreams(1), searched: nothing },
  ...{ train: signData.open('train'), images: signData.open('valid') },
  paths: [[0], [1], [0], [1]],
  counts: [1, 2, 4],
  look: { batch: 4, batches: 'all' },
  options: { epochs: 10, lr: 0.5, momentum: 0, weightDecay: 0, clip: null },
  ...more,
});

async function answer(more: Partial<Posterior> = {}): Promise<Report> {
  let last: Report = {};
  await drive(posterior(parts(more)), (report) => {
    last = report;
  });
  return last;
}

/** KL between (1 − p, p) with p = σ(2w) and σ(2v). */
function klOf(w: number, v: number): number {
  const p = 1 / (1 + Math.exp(-2 * w));
  const q = 1 / (1 + Math.exp(-2 * v));
  return p * Math.log(p / q) + (1 - p) * Math.log((1 - p) / (1 - q));
}

/** w of the first architecture alone: the same batch loss at every step, whatever the order. */
function alone(): number {
  let w = 1;
  for (let t = 0; t < 20; t++) {
    w += ((0.5 * (1 + Math.cos((Math.PI * t) / 20))) / 2) * (2 / (1 + Math.exp(2 * w)));
  }
  return w;
}

describe('posterior fading of two models that want opposite weights', () => {
  it('is nothing where nobody shares, and the distance to w = 0 for the search', async () => {
    const { metrics } = await answer();
    expect(metrics?.['divergence/1']).toBeCloseTo(0, 6);
    expect(metrics?.['accuracy/1']).toBe(100);
    expect(metrics?.['divergence/search']).toBeCloseTo(klOf(alone(), 0), 5);
  });

  it('is large where they share: their gradients cancel', async () => {
    const { metrics } = await answer();
    const far = klOf(alone(), 0);
    // With both, w is near 0, the optimum of the sum of losses.
    for (const K of [2, 4]) {
      expect((metrics?.[`divergence/${K}`] as number) / far).toBeGreaterThan(0.5);
    }
    const agreeing = await answer({ paths: [[0], [0], [0], [0]] });
    expect(agreeing.metrics?.['divergence/4'] as number).toBeLessThan(0.1 * far);
  });

  it('tells the toy beside it (check C1)', async () => {
    const { tables } = await answer({ options: { ...parts().options, epochs: 1 } });
    const toy = tables?.posterior?.rows.map((row) => row.at(-1));
    expect(toy?.[0]).toBe(0);
    expect(toy?.[1]).toBeCloseTo(0.153426, 6);
    expect(toy?.[2]).toBeCloseTo(0.806853, 6);
    expect(toy?.[3]).toBeNull();
  });
});

describeJob('the study of the posterior', {
  begin: async (saved) =>
    posterior(parts({ counts: [1, 2], options: { ...parts().options, epochs: 1 } }), saved),
});
