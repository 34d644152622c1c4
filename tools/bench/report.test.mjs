// @ts-check
import { describe, expect, it } from 'vitest';
import { judge } from './bars.mjs';
import { report } from './report.mjs';
import { summarise } from './summary.mjs';

const CASE = { network: 'typical', cells: 5, batch: 64 };
const NATIVE = { ...CASE, engine: 'native', precision: 'f32' };
const EAGER = { ...CASE, engine: 'torch', precision: 'f32', variant: 'eager nhwc' };
const COMPILED = { ...EAGER, variant: 'compile nhwc' };

/** @param {object} who @param {number} round @param {number} ms of 64 images */
function slice(who, round, ms, phase = 'train', foreign = 0.01) {
  return { kind: 'slice', ...who, phase, round, images: 64, ms: [ms, ms + 1, ms - 1], foreign };
}

const records = [
  { kind: 'run', machine: { processor: 'CPU', cores: 2 }, roofline: null, date: '2026-01-02' },
  { kind: 'worker', ...NATIVE, version: '1.0', flops: 1e9 },
  // The machine slows down by half after the first round; native is 1.5 and 1.2 times the best.
  slice(NATIVE, 0, 200),
  slice(EAGER, 0, 300),
  slice(COMPILED, 0, 500),
  slice(COMPILED, 1, 480),
  slice(EAGER, 1, 600),
  slice(NATIVE, 1, 400),
  slice(NATIVE, 0, 50, 'eval'),
  slice(EAGER, 0, 100, 'eval'),
  { kind: 'choice', ...COMPILED, phase: 'train', images: 64, ms: [1] },
  { kind: 'end', ...NATIVE, peakKib: 300 * 1024, profile: profile() },
  { kind: 'end', ...EAGER, peakKib: 600 * 1024, profile: null },
  { kind: 'end', ...COMPILED, peakKib: 400 * 1024, profile: null },
  { kind: 'absent', ...CASE, engine: 'native', precision: 'bf16', reason: 'no AMX' },
];

function profile() {
  return {
    ms: 400,
    cycles: 2,
    kernels: { conv: { calls: 6, ms: 300 }, sum: { calls: 2, ms: 60 } },
  };
}

describe('the summary', () => {
  const [native, torch] = summarise(records);

  it('compares with the best configuration of each round', () => {
    expect(native?.train?.ratio?.min).toBeCloseTo(1.2, 12);
    expect(native?.train?.ratio?.max).toBeCloseTo(1.5, 12);
    expect(native?.train?.ratio?.median).toBeCloseTo(1.35, 12);
    expect(native?.train?.speed).toBeCloseTo((320 + 160) / 2, 12);
    expect(native?.eval?.ratio?.median).toBeCloseTo(2, 12);
  });

  it('has one row for PyTorch, whose speed is the best of each round', () => {
    expect(summarise(records)).toHaveLength(2);
    expect(torch?.variant).toBe('eager nhwc');
    expect(torch?.train?.speed).toBeCloseTo((64e3 / 300 + 64e3 / 480) / 2, 9);
    expect(torch?.train?.ratio).toBeUndefined();
  });

  it('compares memory with the configuration that trains fastest', () => {
    expect(native?.peakRatio).toBe(0.5);
  });

  it('counts three forward passes per step and what kernels do not explain', () => {
    expect(native?.flops).toBe(3e9);
    expect(native?.outside).toBeCloseTo(0.1, 12);
    expect(native?.kernels?.[0]).toEqual({ name: 'conv', calls: 3, ms: 150, share: 0.75 });
  });
});

describe('a ranking', () => {
  const RANKING = { network: 'ranking', cells: 5, batch: 64 };
  const own = { ...RANKING, engine: 'native', precision: 'f32' };
  const other = { ...RANKING, engine: 'torch', precision: 'f32', variant: 'eager nhwc' };
  const ranked = [
    ...records,
    slice(own, 0, 80, 'eval'),
    slice(own, 0, 64, 'rank'),
    slice(other, 0, 160, 'eval'),
    slice(other, 0, 128, 'rank'),
  ];

  it('is compared with PyTorch and with each architecture alone', () => {
    const row = summarise(ranked).find(
      ({ of, engine }) => of.network === 'ranking' && engine === 'native',
    );
    expect(row?.rank?.ratio?.median).toBeCloseTo(2, 12);
    expect(row?.sharing?.median).toBeCloseTo(1.25, 12);
  });

  it('has a table of its own', () => {
    const page = report(ranked);
    expect(page).toContain(
      '| ranking N=5 B=64 | 1 | native f32 | 800.0 | 2.00 (2.00–2.00) | 1000 | 2.00 (2.00–2.00) | 1.25 (1.25–1.25) |',
    );
    const steps = page.slice(page.indexOf('## Training'), page.indexOf('## Ranking'));
    expect(steps).not.toContain('ranking N=5');
    expect(report(records)).not.toContain('## Ranking');
  });
});

describe('the bars', () => {
  const verdicts = Object.fromEntries(
    judge(summarise(records)).map(({ bar, verdict }) => [
      `${bar.of.network} ${bar.title}`,
      verdict,
    ]),
  );

  it('are reached, missed or not measured', () => {
    expect(verdicts['typical training, f32, times PyTorch']).toBe('reached');
    expect(verdicts["typical peak memory, share of PyTorch's"]).toBe('reached');
    expect(verdicts['typical time of a step outside of kernels']).toBe('missed');
    expect(verdicts['typical training, bf16, times PyTorch']).toBe('not measured');
    expect(verdicts['darts training, f32, times PyTorch']).toBe('not measured');
  });
});

describe('two machines', () => {
  // The other one is half as fast, and PyTorch on it a quarter.
  const other = [
    { kind: 'run', part: 2, machine: { processor: 'CPU', cores: 2, vectors: 'avx2' } },
    { ...slice(NATIVE, 0, 400), part: 2 },
    { ...slice(EAGER, 0, 1200), part: 2 },
  ];

  it('are never compared with each other', () => {
    const ratios = summarise([...records, ...other])
      .filter(({ engine }) => engine === 'native')
      .map(({ part, train }) => [part, train?.ratio?.median]);
    expect(ratios).toEqual([
      [1, 1.35],
      [2, 3],
    ]);
  });

  it('have a verdict each on a bar that both have measured', () => {
    const title = 'training, f32, times PyTorch';
    const verdicts = judge(summarise([...records, ...other])).filter(
      ({ bar }) => bar.title === title && bar.of.network === 'typical',
    );
    expect(verdicts.map(({ part }) => part)).toEqual([1, 2]);
  });
});

describe('the page', () => {
  const lines = report(records).split('\n');

  it('has the numbers of the records', () => {
    expect(lines).toContain(
      '| typical N=5 B=64 | 1 | native f32 | 240.0 | 1.35 (1.20–1.50) | 1280 | 2.00 (2.00–2.00) | 300 | 0.50 |',
    );
  });

  it('names what is absent and says whether the machine was idle', () => {
    expect(lines).toContain('- native bf16: no AMX (typical N=5 B=64)');
    expect(lines.join()).toContain('idle: at most 1.0 % of a core');
    const disturbed = report([...records, slice(NATIVE, 2, 200, 'train', 0.5)]);
    expect(disturbed).toMatch(/times PyTorch \| ≥ 1\.25 \| 1 \| [0-9.]+ \| reached, not idle \|/);
    expect(lines.join()).not.toContain('not idle');
    expect(disturbed).toContain('**not idle**: 1 of 9 above 8.0 % of a core, at most 50 %');
  });
});
