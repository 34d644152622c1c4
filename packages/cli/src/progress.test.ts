import { describe, expect, it } from 'vitest';
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
