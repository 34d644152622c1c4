/** A learning rate that waits for losses to fall, and what it has seen of them. */
export interface Plateau {
  readonly lr: number;
  /** The least loss that counted; none yet: null. */
  readonly best: number | null;
  /** Losses in a row that were not better. */
  readonly bad: number;
}

/** When a {@link Plateau} gives up waiting. */
export interface PlateauOptions {
  /** Of the learning rate, then. */
  readonly factor: number;
  /** Losses in a row that may be no better. */
  readonly patience: number;
  /** Relative: a loss is better below (1 − threshold) best. */
  readonly threshold?: number;
}

/** After one more loss: PyTorch's ReduceLROnPlateau, which minimises, without cool-down. */
export function plateauAfter(
  { lr, best, bad }: Plateau,
  loss: number,
  { factor, patience, threshold = 1e-4 }: PlateauOptions,
): Plateau {
  if (best === null || loss < best * (1 - threshold)) return { lr, best: loss, bad: 0 };
  return bad < patience ? { lr, best, bad: bad + 1 } : { lr: lr * factor, best, bad: 0 };
}
