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
 * The shape of a tensor with room for what is saved of a convolution's result for its gradient:
 * that of the result, or of half as many floats for bf16 numbers.
 */
export function savedShape(addon: Addon, result: readonly number[]): readonly number[] {
  if (!halved.has(addon)) return result;
  return [Math.ceil(result.reduce((size, side) => size * side, 1) / 2)];
}
