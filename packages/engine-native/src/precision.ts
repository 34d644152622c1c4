import type { RunningEngine } from '@archer-nas/engine';
import type { Addon } from './addon.ts';

/** What products are computed from. */
export type Precision = RunningEngine['precision'];

const halved = new WeakSet<Addon>();

/** The instruction-set paths of this processor that compute with a precision, best first. */
export function pathsOf(addon: Addon, precision: Precision): string[] {
  return precision === 'bf16' ? addon.bf16Paths() : addon.paths();
}

/** Takes one of {@link pathsOf} for all kernels from now on. */
export function takePath(addon: Addon, isa: string, precision: Precision): void {
  const position = pathsOf(addon, precision).indexOf(isa);
  if (precision === 'bf16') {
    addon.useBf16Path(position);
    halved.add(addon);
  } else {
    addon.usePath(position);
    halved.delete(addon);
  }
}

/**
 * How many floats hold what is saved of a convolution's result for its gradient: as many as the
 * result has numbers, or half of that for bf16.
 */
export function savedLength(addon: Addon, numbers: number): number {
  return halved.has(addon) ? Math.ceil(numbers / 2) : numbers;
}
