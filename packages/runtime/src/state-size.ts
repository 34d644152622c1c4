import type { State } from '@archer-nas/core';

/** About how many bytes a state takes on disk. */
export function bytesOfState(state: State): number {
  if (ArrayBuffer.isView(state)) return state.byteLength;
  if (typeof state !== 'object' || state === null) return String(state).length;
  const values: State[] = Array.isArray(state) ? [...state] : Object.values(state);
  const names = Array.isArray(state) ? [] : Object.keys(state);
  const own = names.reduce((sum, name) => sum + name.length, 0);
  return values.reduce<number>((sum, value) => sum + bytesOfState(value), own);
}
