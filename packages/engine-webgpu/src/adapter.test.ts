import { describe, expect, it } from 'vitest';
import { type Adapter, isSoftware, pathOf } from './adapter.ts';

const CARD: Adapter = {
  vendor: 'nvidia',
  architecture: 'ampere',
  device: '',
  description: 'NVIDIA: 550.54.15 550.54.15.0',
  software: false,
};

const LAVAPIPE: Adapter = {
  vendor: 'mesa',
  architecture: 'software',
  device: 'llvmpipe-llvm-15-0-6-256-bits-',
  description: 'llvmpipe: Mesa 25.0.7 (LLVM 15.0.6)',
  software: true,
};

describe('an adapter', () => {
  it('is a word with card and driver in it, for the class of the engine', () => {
    expect(pathOf(CARD)).toBe('nvidia-ampere-550.54.15-550.54.15.0');
    expect(pathOf({ ...CARD, description: 'NVIDIA: 560.1' })).not.toBe(pathOf(CARD));
    expect(pathOf({ ...CARD, vendor: '', architecture: '', description: '' })).toBe(
      'unknown-adapter',
    );
  });

  it('computes on the processor where it or its name says so', () => {
    expect(isSoftware(CARD)).toBe(false);
    expect(isSoftware(LAVAPIPE)).toBe(true);
    expect(isSoftware({ ...LAVAPIPE, software: false })).toBe(true);
    expect(isSoftware({ ...CARD, description: 'Microsoft Basic Render Driver' })).toBe(true);
  });
});
