import { createStreams, memorySplit, pureEvaluator } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { inherited } from './inherited.ts';

describe('inherited', () => {
  it('tells every metric of the architecture, with trained and untrained weights', async () => {
    const seen: unknown[] = [];
    const by = (worth: number) =>
      pureEvaluator<string>({
        metrics: [{ name: 'length', unit: '', direction: 'maximise' }],
        description: `times ${worth}`,
        measure: (a, { images, batches }) => {
          seen.push([images?.name, batches]);
          return { metrics: { length: worth * a.length, half: (worth * a.length) / 2 } };
        },
      });
    const options = {
      architecture: 'abcd',
      evaluators: { derived: by(3), untrained: by(1) },
      images: memorySplit('valid', Int32Array.of(0), new Uint8Array(1)),
      batches: 2,
      streams: createStreams(0),
    };
    const { metrics, notes } = await inherited(options, new AbortController().signal);
    expect(metrics).toEqual({
      'derived-length': 12,
      'derived-half': 6,
      'untrained-length': 4,
      'untrained-half': 2,
    });
    expect(notes).toEqual(['derived: times 3.', 'untrained: times 1.']);
    expect(seen).toContainEqual(['valid', 2]);
  });
});
