// @ts-check
// The yardstick of the quick bench: a matrix product in plain JavaScript. Never change it, or the
// committed ratios lose their meaning.

const SIZE = 128;
const REPEATS = 40;

/** Multiplies two SIZE × SIZE matrices of floats a few times. @returns multiply-adds */
export function referenceLoop() {
  const a = new Float32Array(SIZE * SIZE).fill(0.5);
  const b = new Float32Array(SIZE * SIZE).fill(0.25);
  const c = new Float32Array(SIZE * SIZE);
  for (let repeat = 0; repeat < REPEATS; repeat++) product(a, b, c);
  return REPEATS * SIZE ** 3;
}

/** @param {Float32Array} a @param {Float32Array} b @param {Float32Array} c */
function product(a, b, c) {
  c.fill(0);
  for (let i = 0; i < SIZE; i++) {
    for (let k = 0; k < SIZE; k++) {
      const factor = /** @type {number} */ (a[i * SIZE + k]);
      for (let j = 0; j < SIZE; j++) {
        c[i * SIZE + j] =
          /** @type {number} */ (c[i * SIZE + j]) +
          factor * /** @type {number} */ (b[k * SIZE + j]);
      }
    }
  }
}
