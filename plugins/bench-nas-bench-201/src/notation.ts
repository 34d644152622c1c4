import { pythonShuffle } from '@archer-nas/core';

/** The benchmark's operations; `ops` in a table are their positions here. */
export const OPERATIONS = [
  'none',
  'skip_connect',
  'nor_conv_1x1',
  'nor_conv_3x3',
  'avg_pool_3x3',
] as const;

/** Architectures of the benchmark. */
export const ARCHITECTURES = 15_625;

const EDGES = 6;
const OFFICIAL_SEED = 88;

let order: Int32Array | undefined;

/**
 * The six digits of the architecture with an official index. The authors listed all cells
 * lexicographically and shuffled the list with CPython's `random.seed(88)`.
 *
 * @param index an integer in [0, 15625)
 */
export function officialOps(index: number): string {
  order ??= pythonShuffle(OFFICIAL_SEED, ARCHITECTURES);
  return (order[index] ?? 0).toString(OPERATIONS.length).padStart(EDGES, '0');
}

/** The architecture string of six digits: `|op~0|+|op~0|op~1|+|op~0|op~1|op~2|`. */
export function archOf(ops: string): string {
  const names = Array.from(ops, (digit) => OPERATIONS[Number(digit)]);
  const [a, b, c, d, e, f] = names;
  return `|${a}~0|+|${b}~0|${c}~1|+|${d}~0|${e}~1|${f}~2|`;
}

/** Numbers of 1×1 and 3×3 convolutions in an architecture string. */
export function convolutions(arch: string): { conv1x1: number; conv3x3: number } {
  return { conv1x1: count(arch, 'nor_conv_1x1'), conv3x3: count(arch, 'nor_conv_3x3') };
}

function count(text: string, name: string): number {
  let found = 0;
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + name.length)) found++;
  return found;
}
