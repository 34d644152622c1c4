// biome-ignore-all lint/style/noNonNullAssertion: an index stays inside its array by the bounds of its loop

/** Fifteen numbers as the addon reads a convolution. */
export interface Conv {
  n: number;
  h: number;
  w: number;
  ci: number;
  kh: number;
  kw: number;
  co: number;
  sh: number;
  sw: number;
  dh: number;
  dw: number;
  pt: number;
  pl: number;
  oh: number;
  ow: number;
}

export const shapeOf = (c: Conv): Int32Array =>
  Int32Array.of(
    ...[c.n, c.h, c.w, c.ci, c.kh, c.kw, c.co],
    ...[c.sh, c.sw, c.dh, c.dw, c.pt, c.pl, c.oh, c.ow],
  );

/** Visits every product of a convolution by the indices of x, w and y, in plain loops. */
export function forEachProduct(
  c: Conv,
  depthwise: boolean,
  visit: (x: number, w: number, y: number) => void,
): void {
  const m = c.co / c.ci;
  for (let n = 0; n < c.n; n++)
    for (let oy = 0; oy < c.oh; oy++)
      for (let ox = 0; ox < c.ow; ox++)
        for (let ky = 0; ky < c.kh; ky++)
          for (let kx = 0; kx < c.kw; kx++) {
            const iy = oy * c.sh + ky * c.dh - c.pt;
            const ix = ox * c.sw + kx * c.dw - c.pl;
            if (iy < 0 || iy >= c.h || ix < 0 || ix >= c.w) continue;
            const x = ((n * c.h + iy) * c.w + ix) * c.ci;
            const y = ((n * c.oh + oy) * c.ow + ox) * c.co;
            const tap = ky * c.kw + kx;
            for (let o = 0; o < c.co; o++) {
              if (depthwise) visit(x + Math.floor(o / m), tap * c.co + o, y + o);
              else for (let i = 0; i < c.ci; i++) visit(x + i, (tap * c.ci + i) * c.co + o, y + o);
            }
          }
}

/** A convolution and both halves of its gradient, in double precision. */
export function convolve(
  c: Conv,
  depthwise: boolean,
  { x, w, dy }: { x: ArrayLike<number>; w: ArrayLike<number>; dy: ArrayLike<number> },
): { y: Float64Array; dx: Float64Array; dw: Float64Array } {
  const y = new Float64Array(dy.length);
  const dx = new Float64Array(x.length);
  const dw = new Float64Array(w.length);
  forEachProduct(c, depthwise, (i, j, k) => {
    y[k]! += x[i]! * w[j]!;
    dx[i]! += w[j]! * dy[k]!;
    dw[j]! += x[i]! * dy[k]!;
  });
  return { y, dx, dw };
}

/** Mean and biased variance by channel, in double precision. */
export function moments(
  x: ArrayLike<number>,
  channels: number,
): { mean: Float64Array; variance: Float64Array } {
  const [mean, variance] = [new Float64Array(channels), new Float64Array(channels)];
  const count = x.length / channels;
  for (let i = 0; i < x.length; i++) mean[i % channels]! += x[i]! / count;
  for (let i = 0; i < x.length; i++) {
    variance[i % channels]! += (x[i]! - mean[i % channels]!) ** 2 / count;
  }
  return { mean, variance };
}

/** gamma·(x − mean)/√(variance + ε) + beta + addend, in double precision. */
export function normalise(
  x: ArrayLike<number>,
  channels: number,
  { gamma, beta, addend }: Affine,
  epsilon: number,
): Float64Array {
  const { mean, variance } = moments(x, channels);
  return Float64Array.from(x, (value, i) => {
    const c = i % channels;
    const unit = (value - mean[c]!) / Math.sqrt(variance[c]! + epsilon);
    return unit * (gamma?.[c] ?? 1) + (beta?.[c] ?? 0) + (addend?.[i] ?? 0);
  });
}

/** What a batch norm may have besides its input. */
export interface Affine {
  readonly gamma?: ArrayLike<number> | undefined;
  readonly beta?: ArrayLike<number> | undefined;
  readonly addend?: ArrayLike<number> | undefined;
}

/** dx, dγ and dβ of the same, from the formula with x̂, in double precision. */
export function normaliseGradient(
  dz: ArrayLike<number>,
  x: ArrayLike<number>,
  channels: number,
  gamma: ArrayLike<number> | undefined,
  epsilon: number,
): { dx: Float64Array; dgamma: Float64Array; dbeta: Float64Array } {
  const { mean, variance } = moments(x, channels);
  const count = x.length / channels;
  const inverse = variance.map((v) => 1 / Math.sqrt(v + epsilon));
  const unit = Float64Array.from(x, (v, i) => (v - mean[i % channels]!) * inverse[i % channels]!);
  const [dgamma, dbeta] = [new Float64Array(channels), new Float64Array(channels)];
  for (let i = 0; i < x.length; i++) {
    dgamma[i % channels]! += dz[i]! * unit[i]!;
    dbeta[i % channels]! += dz[i]!;
  }
  const dx = Float64Array.from(x, (_, i) => {
    const c = i % channels;
    const centred = dz[i]! - dbeta[c]! / count - (unit[i]! * dgamma[c]!) / count;
    return (gamma?.[c] ?? 1) * inverse[c]! * centred;
  });
  return { dx, dgamma, dbeta };
}
