// @ts-check
// Medians, and ratios that are taken inside a round: a machine's speed drifts between rounds.

/** The middle value, or the mean of the two in the middle. @param {readonly number[]} values */
export function median(values) {
  if (values.length === 0) throw new RangeError('There is no median of nothing.');
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  const upper = /** @type {number} */ (sorted[middle]);
  return sorted.length % 2 === 1 ? upper : (upper + /** @type {number} */ (sorted[middle - 1])) / 2;
}

/** @param {readonly number[]} values */
export function spread(values) {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/**
 * own/reference of each round that has both.
 * @param {ReadonlyMap<number, number>} own by round
 * @param {ReadonlyMap<number, number>} reference
 */
export function ratiosInRounds(own, reference) {
  return [...own].flatMap(([round, value]) => {
    const other = reference.get(round);
    return other === undefined ? [] : [value / other];
  });
}

/**
 * The best of several per round: what is compared with "the best configuration".
 * @param {readonly ReadonlyMap<number, number>[]} all @returns {Map<number, number>}
 */
export function bestOfRounds(all) {
  const best = new Map();
  for (const values of all) {
    for (const [round, value] of values) best.set(round, Math.max(best.get(round) ?? 0, value));
  }
  return best;
}
