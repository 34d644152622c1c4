import { createStreams } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { languageRate, stagnates } from './language-schedule.ts';
import { countWindows, epochWindows } from './windows.ts';

const streams = createStreams(3);

describe('windows', () => {
  it.each(['fixed', 'varied'] as const)(
    'that are %s read every token once, in order',
    (windows) => {
      for (const [span, window] of [
        [1, 35],
        [36, 35],
        [777, 35],
        [50, 3],
      ] as const) {
        for (let epoch = 0; epoch < 20; epoch++) {
          const cut = epochWindows({ span, window, windows }, streams, epoch);
          let next = 0;
          for (const { first, steps } of cut) {
            expect(first).toBe(next);
            expect(steps).toBeGreaterThan(0);
            next += steps;
          }
          expect(next).toBe(span);
        }
      }
    },
  );

  it('have the lengths of AWD-LSTM: near 35, sometimes near 17, 5 to 55', () => {
    const settings = { span: 200_000, window: 35, windows: 'varied' } as const;
    const lengths = epochWindows(settings, streams, 0)
      .slice(0, -1)
      .map(({ steps }) => steps);
    const short = lengths.filter((steps) => steps < 24);
    // Binomial: 5 % are halved, of which 90 % are below 24, as are 1 % of the others.
    expect(Math.abs(short.length / lengths.length - 0.055)).toBeLessThan(0.015);
    const long = lengths.filter((steps) => steps >= 24);
    const mean = long.reduce((sum, steps) => sum + steps, 0) / long.length;
    // Cut down to whole tokens: half a token less than 35.
    expect(Math.abs(mean - 34.6)).toBeLessThan(0.5);
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(5);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(55);
  });

  it('differ between epochs, repeat themselves, and are counted', () => {
    const settings = { span: 500, window: 20, windows: 'varied' } as const;
    const cut = (epoch: number) => epochWindows(settings, streams, epoch);
    expect(cut(1)).toEqual(cut(1));
    expect(cut(1)).not.toEqual(cut(2));
    const three = cut(0).length + cut(1).length + cut(2).length;
    expect(countWindows(settings, streams, 3)).toBe(three);
    expect(countWindows({ ...settings, windows: 'fixed' }, streams, 3)).toBe(75);
  });
});

describe("ENAS's learning rate", () => {
  it('is 20 until epoch 15, and falls by 4 % in that and every later one', () => {
    const rate = languageRate({ lr: 20, lrDecay: 0.96, lrDecayFrom: 15 });
    expect([rate(0), rate(14)]).toEqual([20, 20]);
    expect(rate(15)).toBeCloseTo(19.2, 12);
    expect(rate(17)).toBeCloseTo(17.69472, 10);
  });
});

describe('the trigger of averaging', () => {
  it('compares with the best of all epochs but the last n', () => {
    // n = 2: 5 and 4 count when the fifth loss comes, 3 and 3.5 do not.
    expect(stagnates(3.9, [5, 4, 3, 3.5], 2)).toBe(false);
    expect(stagnates(4.1, [5, 4, 3, 3.5], 2)).toBe(true);
  });

  it('waits for more than n epochs', () => {
    expect(stagnates(9, [5, 4], 2)).toBe(false);
    expect(stagnates(9, [5, 4, 3], 2)).toBe(true);
  });
});
