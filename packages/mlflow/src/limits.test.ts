import { describe, expect, it } from 'vitest';
import { clip, isKey, LIMITS, safeKey, safePath, split } from './limits.ts';

const point = (step: number, key = 'acc') => ({ key, value: step, timestamp: 1, step });

describe('R28 split', () => {
  it('sends 1001 metrics in two requests and loses none', () => {
    const metrics = Array.from({ length: 1001 }, (_, step) => point(step));
    const parts = [...split({ metrics })];
    expect(parts.map((part) => part.metrics.length)).toEqual([1000, 1]);
    expect(parts.flatMap((part) => part.metrics)).toEqual(metrics);
  });

  it('sends at most 100 parameters and 100 tags at a time', () => {
    const list = Array.from({ length: 101 }, (_, i) => ({ key: `k${i}`, value: 'v' }));
    const parts = [...split({ params: list, tags: list })];
    expect(parts.map((part) => [part.params.length, part.tags.length])).toEqual([
      [100, 0],
      [1, 100],
      [0, 1],
    ]);
  });

  it('never sends more than 1000 entries of all kinds together', () => {
    const metrics = Array.from({ length: 990 }, (_, step) => point(step));
    const list = Array.from({ length: 20 }, (_, i) => ({ key: `k${i}`, value: 'v' }));
    const parts = [...split({ metrics, params: list, tags: list })];
    const sizes = parts.map((p) => p.metrics.length + p.params.length + p.tags.length);
    expect(sizes).toEqual([1000, 30]);
  });

  it('keeps every request of 1.1 MB of parameters below a million bytes', () => {
    const params = Array.from({ length: 190 }, (_, i) => ({
      key: `k${i}`,
      value: 'é'.repeat(5900),
    }));
    const parts = [...split({ params })];
    const bytes = parts.map((p) =>
      Buffer.byteLength(JSON.stringify({ run_id: 'r'.repeat(64), ...p })),
    );
    expect(Math.max(...bytes)).toBeLessThanOrEqual(LIMITS.bytes);
    expect(parts.flatMap((part) => part.params)).toHaveLength(190);
    expect(parts.length).toBe(3);
  });

  it('writes NaN and infinities as strings, never as null', () => {
    const values = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0.1];
    const metrics = values.map((value, step) => ({ ...point(step), value }));
    const [part] = split({ metrics });
    expect(part?.metrics.map((m) => m.value)).toEqual(['NaN', 'Infinity', '-Infinity', 0.1]);
  });

  it('refuses a fractional step, which a server would store as step 0 at time 0', () => {
    expect(() => [...split({ metrics: [point(1.5)] })]).toThrow('whole steps');
  });

  it('sends a key once per request, with its last value', () => {
    const params = [
      { key: 'a', value: '1' },
      { key: 'a', value: '2' },
    ];
    expect([...split({ params })][0]?.params).toEqual([{ key: 'a', value: '2' }]);
  });
});

describe('R28 keys', () => {
  const illegal = [
    '',
    '.',
    '..',
    '/a',
    'a/',
    'a//b',
    '../x',
    'a/./b',
    'a@b',
    'a:b',
    'ä',
    'k'.repeat(251),
  ];

  it.each(['a/b', 'val acc', 'x.y-z_1', 'k'.repeat(250)])('leaves %s as it is', (key) => {
    expect(safeKey(key)).toBe(key);
  });

  it.each(illegal)('makes a legal key of %j', (key) => {
    expect(isKey(key)).toBe(false);
    expect(isKey(safeKey(key))).toBe(true);
  });

  it('keeps different illegal keys different', () => {
    expect(new Set(illegal.map(safeKey)).size).toBe(illegal.length);
    expect(safeKey('a@b')).toMatch(/^a_b\.[0-9a-f]{8}$/);
  });

  it('keeps an artifact inside its folder and its extension at the end', () => {
    expect(safePath('tables/rank.csv')).toBe('tables/rank.csv');
    expect(safePath('../../etc/a#b.csv')).toMatch(/^etc\/a_b\.[0-9a-f]{8}\.csv$/);
  });
});

describe('R28 clip', () => {
  it('ends a long value with a hash of the whole', () => {
    const a = clip(`${'x'.repeat(10_000)}a`, LIMITS.paramValue);
    const b = clip(`${'x'.repeat(10_000)}b`, LIMITS.paramValue);
    expect(a).toHaveLength(6000);
    expect(a).not.toBe(b);
    expect(clip('short', 10)).toBe('short');
  });

  it('cuts no character in half and lets no half character through', () => {
    for (const length of [29, 30, 31])
      expect(Buffer.from(clip('😀'.repeat(50), length)).toString()).not.toContain('\uFFFD');
    expect(clip('a\uD83Db\0', 10)).toBe('a\uFFFDb\uFFFD');
  });
});
