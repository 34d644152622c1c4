import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Output } from './output.ts';
import { createProgress, duration } from './progress.ts';

function plain(): { readonly output: Output; readonly lines: string[] } {
  const lines: string[] = [];
  const line = (text = ''): void => {
    lines.push(text);
  };
  const output = {
    json: false,
    colour: false,
    terminal: false,
    line,
    value: () => {},
    note: line,
    failure: () => {},
  };
  return { output, lines };
}

const step = (done: number, loss: number) =>
  ({
    type: 'step',
    seed: 0,
    job: 'search',
    progress: { done, total: 100, unit: 'step' },
    report: { metrics: { loss } },
    seconds: 0.1,
  }) as const;

describe('progress in a pipe', () => {
  it('is a line for the first and the last step, not one for each', () => {
    const { output, lines } = plain();
    const progress = createProgress(output);
    const total = { done: 0, total: 100, unit: 'step' } as const;
    progress.onEvent({ type: 'job', seed: 0, job: 'search', progress: total });
    for (let done = 1; done <= 100; done++) progress.onEvent(step(done, 1 / done));
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^search: 1\/100 steps, .* left, loss 1$/);
    expect(lines[1]).toBe('search: 100/100 steps, loss 0.01000');
  });

  it('keeps the pace of a search that a study looks at', () => {
    vi.useFakeTimers({ toFake: ['hrtime'] });
    onTestFinished(() => void vi.useRealTimers());
    const { output, lines } = plain();
    const progress = createProgress(output);
    const total = { done: 0, total: 100, unit: 'step' } as const;
    progress.onEvent({ type: 'job', seed: 0, job: 'search', progress: total });
    vi.advanceTimersByTime(49_000);
    progress.onEvent(step(49, 2));
    const study = { ...step(1, 1), job: 'study:0:hessian' };
    progress.onEvent({ ...study, type: 'job', progress: { done: 0, total: 1, unit: 'step' } });
    vi.advanceTimersByTime(1000);
    progress.onEvent({ ...study, progress: { done: 1, total: 1, unit: 'step' } });
    progress.onEvent(step(50, 2));
    expect(lines).toEqual([
      'search: 49/100 steps, 51 s left, loss 2',
      'study:0:hessian: 1/1 steps, loss 1',
      'search: 50/100 steps, 50 s left, loss 2',
    ]);
  });

  it('is nothing in JSON mode but warnings on standard error', () => {
    const { output, lines } = plain();
    createProgress({ ...output, json: true }).onEvent(step(1, 1));
    expect(lines).toEqual([]);
  });
});

describe('duration', () => {
  it.each([
    [12.4, '12 s'],
    [250, '4 min 10 s'],
    [3900, '1 h 05 min'],
    [Number.NaN, '?'],
  ])('%f is %s', (seconds, text) => expect(duration(seconds)).toBe(text));
});
