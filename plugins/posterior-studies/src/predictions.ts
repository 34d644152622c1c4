/** How far predictions are from others of the same images. */
export interface Distance {
  /** Mean over images of KL(p ‖ q), in nats. */
  readonly divergence: number;
  /** Percent of the images whose most probable class is the same. */
  readonly agreement: number;
}

/** Of ln p and ln q, rows of `classes`. */
export function distance(p: Float32Array, q: Float32Array, classes: number): Distance {
  const [rows, others] = [p, q].map((all) => rowsOf(all, classes)) as [Rows, Rows];
  let [kl, same] = [0, 0];
  for (const [image, row] of rows.entries()) {
    const other = others[image] ?? new Float32Array();
    row.forEach((lnP, label) => {
      kl += Math.exp(lnP) * (lnP - (other[label] as number));
    });
    same += Number(mostProbable(row) === mostProbable(other));
  }
  return { divergence: kl / rows.length, agreement: (100 * same) / rows.length };
}

/** Percent of the images whose most probable class is their label. */
export function accuracyOf(p: Float32Array, labels: ArrayLike<number>, classes: number): number {
  const rows = rowsOf(p, classes);
  return (
    (100 * rows.filter((row, image) => mostProbable(row) === labels[image]).length) / rows.length
  );
}

type Rows = readonly Float32Array[];

function rowsOf(all: Float32Array, classes: number): Rows {
  return Array.from({ length: all.length / classes }, (_, image) =>
    all.subarray(image * classes, (image + 1) * classes),
  );
}

function mostProbable(row: Float32Array): number {
  return row.indexOf(Math.max(...row));
}
