import { chooseArchitectures, type SearchSpace, type Stream } from '@archer-nas/core';

/**
 * Random architectures, of which the first, which is looked at, depends on its input where any of
 * them does: a constant prediction tells nothing.
 */
export function chosen<A>(space: SearchSpace<A>, sample: number, stream: Stream): readonly A[] {
  const all = chooseArchitectures(space, { sample }, stream);
  const first = all.find((one) => space.isConnected?.(one) ?? true);
  return first === undefined ? all : [first, ...all.filter((one) => one !== first)];
}
