/** Multipliers of Philox4x32 (Salmon et al., SC 2011, table 2). */
export const M0 = 0xd2511f53;
export const M1 = 0xcd9e8d57;
/** Its Weyl increments. */
export const W0 = 0x9e3779b9;
export const W1 = 0xbb67ae85;
export const ROUNDS = 10;

/** High 32 bits of the 64-bit product of two unsigned 32-bit integers. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carry = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + (middle >>> 16) + (carry >>> 16)) >>> 0;
}

/**
 * Philox4x32-10: encrypts a 128-bit counter under a 64-bit key into 128 random bits.
 *
 * @param counter four words, least significant first
 * @param key two words
 * @param into receives the four words, signed unless it is a Uint32Array; may be `counter`
 */
export function philox4x32(counter: Words, key: Words, into: { [index: number]: number }): void {
  let c0 = (counter[0] as number) >>> 0;
  let c1 = (counter[1] as number) >>> 0;
  let c2 = (counter[2] as number) >>> 0;
  let c3 = (counter[3] as number) >>> 0;
  let k0 = (key[0] as number) >>> 0;
  let k1 = (key[1] as number) >>> 0;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(M0, c0);
    const high1 = multiplyHigh(M1, c2);
    const low0 = Math.imul(M0, c0) >>> 0;
    const low1 = Math.imul(M1, c2) >>> 0;
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0;
    k0 = (k0 + W0) >>> 0;
    k1 = (k1 + W1) >>> 0;
  }
  into[0] = c0 | 0;
  into[1] = c1 | 0;
  into[2] = c2 | 0;
  into[3] = c3 | 0;
}

/** Words of 32 bits, signed or not. */
export type Words = { readonly [index: number]: number };
