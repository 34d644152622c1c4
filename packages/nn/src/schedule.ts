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

/**
 * Cosines in a row (SGDR, Loshchilov and Hutter 2017): the first lasts `first`, each later one
 * `factor` times as long as the one before, and each starts from `base` again. 10 and 2: new
 * starts at 10, 30, 70, 150, 310, …
 *
 * @param first above 0; `factor` at least 1
 */
export function cosineRestarts({
  base,
  min = 0,
  first,
  factor,
}: {
  readonly base: number;
  readonly min?: number;
  readonly first: number;
  readonly factor: number;
}): Schedule {
  return (done) => {
    let start = 0;
    let total = first;
    while (done >= start + total) {
      start += total;
      total *= factor;
    }
    return cosine({ base, min, total })(done - start);
  };
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

/**
 * Falls by a factor in every epoch from `from` on: base · factor^max(0, done − from + 1), as in
 * ENAS's recipe for recurrent cells.
 */
export function exponential({
  base,
  factor,
  from,
}: {
  readonly base: number;
  readonly factor: number;
  readonly from: number;
}): Schedule {
  return (done) => base * factor ** Math.max(0, done - from + 1);
}

/** The same rate always. */
export function constant(base: number): Schedule {
  return () => base;
}
