/** Channels of the stem: two 3×3 convolutions with stride 2, to half of them, then to all. */
export const STEM = 64;

/** Parameters of a convolution without bias with scale and offset of its batch norm. */
export function convNorm(kernel: number, from: number, to: number): number {
  return kernel ** 2 * from * to + 2 * to;
}

/** Parameters of stem and linear classifier: of a classification task. */
export function outerParams(last: number, classes: number): number {
  const half = STEM / 2;
  return convNorm(3, 3, half) + convNorm(3, half, STEM) + last * classes + classes;
}
