import { ArcherError } from '@archer-nas/core';
import { describe, expect, it, vi } from 'vitest';
import { createOutput, describeError } from './output.ts';

function written(json: boolean, write: (output: ReturnType<typeof createOutput>) => void): string {
  let text = '';
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  write(createOutput(json));
  spy.mockRestore();
  return text;
}

describe('output', () => {
  it('writes NaN, infinities and big integers as texts, never as null', () => {
    const value = { nan: Number.NaN, most: [Number.POSITIVE_INFINITY], size: 15625n, none: null };
    const text = written(true, (output) => output.value(value));
    expect(JSON.parse(text)).toEqual({ nan: 'NaN', most: ['Infinity'], size: '15625', none: null });
  });

  it('is text or JSON, never both', () => {
    const both = (output: ReturnType<typeof createOutput>): void => {
      output.line('text');
      output.value({ answer: 42 });
    };
    expect(written(false, both)).toBe('text\n');
    expect(written(true, both)).toBe('{\n  "answer": 42\n}\n');
  });

  it('has no colours in a pipe', () => {
    expect(createOutput(false)).toMatchObject({ terminal: false, colour: false });
  });

  it('shows the stack of an error that nobody expected only when it is asked for (R49)', () => {
    const error = new TypeError('x is undefined');
    expect(describeError(error, false)).toBe(
      'unexpected error TypeError: x is undefined\n' +
        'Please report this. ARCHER_DEBUG=1 shows where it was thrown.',
    );
    vi.stubEnv('ARCHER_DEBUG', '1');
    expect(describeError(error, false)).toMatch(
      /^unexpected error TypeError: x is undefined\n {4}at .*\nPlease report this\.$/s,
    );
    vi.unstubAllEnvs();
  });

  it('lets no message steer the terminal (R45)', () => {
    const error = new ArcherError('ARCHER_X', '\u001b[2Ja\n\u202eb', { hint: '\u0007c' });
    expect(describeError(error, false)).toBe('error \\x1b[2Ja\n\\u202eb\n\\x07c\nARCHER_X');
  });
});
