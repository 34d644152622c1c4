// biome-ignore-all lint/style/noNonNullAssertion: an index stays inside its array by the bounds of its loop

/**
 * The nearest bf16 number (8 bits of precision, exponents of a float), ties to even, computed with
 * ordinary arithmetic: floats of one binade are multiples of its unit, bf16 numbers of 2^16 units.
 * Subnormal floats are zeros, as the instructions have them.
 */
export function toBf16(value: number): number {
  const x = Math.fround(value);
  if (x === 0 || !Number.isFinite(x)) return x;
  if (Math.abs(x) < 2 ** -126) return x < 0 ? -0 : 0;
  const exponent = exponentOf(Math.abs(x));
  const unit = 2 ** (exponent - 7);
  const rounded = nearestEven(x / unit) * unit;
  return Math.abs(rounded) >= 2 ** 128 ? Math.sign(x) * Infinity : rounded;
}

function exponentOf(x: number): number {
  let exponent = Math.floor(Math.log2(x));
  while (2 ** exponent > x) exponent--;
  while (2 ** (exponent + 1) <= x) exponent++;
  return exponent;
}

function nearestEven(x: number): number {
  const low = Math.floor(x);
  const above = x - low;
  if (above !== 0.5) return above < 0.5 ? low : low + 1;
  return low % 2 === 0 ? low : low + 1;
}

/** {@link toBf16} of each number. */
export function allToBf16(values: ArrayLike<number>): Float32Array {
  return Float32Array.from(values, toBf16);
}

/** The first `count` bf16 numbers that lie two by two in the memory of floats. */
export function unpacked(words: Float32Array, count: number): Float32Array {
  const halves = new Uint16Array(words.buffer, words.byteOffset, count);
  const bits = Uint32Array.from(halves, (half) => half * 65536);
  return new Float32Array(bits.buffer);
}
