import { describe, expect, it } from 'vitest';
import { bootstrapInterval } from './bootstrap.ts';
import { createStreams } from './streams.ts';

const stream = (name: string) => createStreams(0).stream(name);
const values = Array.from({ length: 400 }, (_, i) => i % 2);
const mean = (index: Int32Array): number =>
  index.reduce((sum, i) => sum + (values[i] as number), 0) / index.length;

describe('bootstrapInterval', () => {
  it('finds the normal interval of a mean', () => {
    const interval = bootstrapInterval(400, mean, { resamples: 4000, stream: stream('mean') });
    // standard error 0.5 / √400 = 0.025
    expect(interval.low).toBeCloseTo(0.5 - 1.96 * 0.025, 2);
    expect(interval.high).toBeCloseTo(0.5 + 1.96 * 0.025, 2);
    expect(interval).toMatchObject({ level: 0.95, resamples: 4000 });
  });

  it('widens with the level and repeats with the stream', () => {
    const at = (level: number) => bootstrapInterval(400, mean, { level, stream: stream('a') });
    expect(at(0.99).high).toBeGreaterThan(at(0.8).high);
    expect(at(0.99)).toEqual(at(0.99));
  });

  it('draws n units with replacement', () => {
    const seen = new Set<number>();
    let repeats = 0;
    const statistic = (index: Int32Array): number => {
      expect(index).toHaveLength(10);
      const units = new Set(index);
      repeats += 10 - units.size;
      for (const unit of units) seen.add(unit);
      return 0;
    };
    bootstrapInterval(10, statistic, { resamples: 50, stream: stream('b') });
    expect([...seen].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(repeats).toBeGreaterThan(0);
  });

  it('leaves resamples without a value out and says so', () => {
    let calls = 0;
    const statistic = (): number => (calls++ % 2 === 0 ? Number.NaN : 3);
    expect(bootstrapInterval(5, statistic, { resamples: 10, stream: stream('c') })).toEqual({
      low: 3,
      high: 3,
      level: 0.95,
      resamples: 5,
    });
    expect(bootstrapInterval(5, () => Number.NaN, { stream: stream('c') }).low).toBeNaN();
  });

  it('refuses what it cannot do', () => {
    expect(() => bootstrapInterval(0, mean, { stream: stream('d') })).toThrow('n must be');
    expect(() => bootstrapInterval(2, mean, { level: 95, stream: stream('d') })).toThrow('level');
    expect(() => bootstrapInterval(2, mean, { resamples: 0, stream: stream('d') })).toThrow(
      'resamples',
    );
  });
});
