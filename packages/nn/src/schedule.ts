/** A learning rate as a function of the epochs or steps that are complete. Pure. */
export type Schedule = (done: number) => number;

/** lr(t) = min + (base − min)(1 + cos(π t / total)) / 2, for t in [0, total]. */
export function cosine({
  base,
  min = 0,
  total,
}: {
  readonly base: number;
  readonly min?: number;
  readonly total: number;
}): Schedule {
  return (done) => min + ((base - min) * (1 + Math.cos((Math.PI * done) / total))) / 2;
}

/** Falls in a straight line from `base` at 0 to `min` at `total`. */
export function linearDecay({
  base,
  min = 0,
  total,
}: {
  readonly base: number;
  readonly min?: number;
  readonly total: number;
}): Schedule {
  return (done) => base * (1 - done / total) + min * (done / total);
}

/** The same rate always. */
export function constant(base: number): Schedule {
  return () => base;
}
