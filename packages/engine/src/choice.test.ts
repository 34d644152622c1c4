import { describe, expect, it } from 'vitest';
import { engineChoice } from './choice.ts';

describe('engineChoice', () => {
  it('takes the option before the environment before auto', () => {
    expect(engineChoice('js', { ARCHER_ENGINE: 'wasm' })).toBe('js');
    expect(engineChoice(undefined, { ARCHER_ENGINE: 'wasm' })).toBe('wasm');
    expect(engineChoice(undefined, {})).toBe('auto');
    expect(engineChoice('', { ARCHER_ENGINE: '' })).toBe('auto');
  });

  it('names the source and the nearest engine when there is none of that name', () => {
    const wrong = () => engineChoice(undefined, { ARCHER_ENGINE: 'wams' });
    expect(wrong).toThrow('There is no engine "wams" (from ARCHER_ENGINE).');
    expect(wrong).toThrow(
      expect.objectContaining({
        code: 'ARCHER_ENGINE_UNKNOWN',
        exit: 2,
        hint: expect.stringContaining('Did you mean "wasm"?'),
      }),
    );
  });
});
