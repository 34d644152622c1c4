// @ts-check
// What a few rounds on a machine that others may use say about the engine's speed.

/**
 * Below this share of the reference a check is slow. With a load of eight on two cores shares were
 * between 0.85 and 1.06.
 */
export const TOLERANCE = 0.75;

/** Others that use more than this share of a core may explain a slow round. */
const LOUD = 0.5;

/** @typedef {'ok' | 'slow' | 'too noisy' | 'no reference'} Verdict */

/**
 * A regression slows every round; whoever else computes slows some, and is seen.
 * @param {readonly { ratio: number, foreign: number | null }[]} rounds at least one
 * @param {number | undefined} reference
 * @returns {{ verdict: Verdict, ratio: number, share?: number }} ratio: of the middle round
 */
export function verdictOf(rounds, reference) {
  const ratio = middle(rounds.map((round) => round.ratio));
  if (reference === undefined) return { verdict: 'no reference', ratio };
  const share = ratio / reference;
  if (share >= TOLERANCE) return { verdict: 'ok', ratio, share };
  const best = Math.max(...rounds.map((round) => round.ratio)) / reference;
  const loud = middle(rounds.map(({ foreign }) => foreign ?? 0)) > LOUD;
  return { verdict: loud || best >= TOLERANCE ? 'too noisy' : 'slow', ratio, share };
}

/** @param {readonly number[]} values */
function middle(values) {
  return /** @type {number} */ ([...values].sort((a, b) => a - b)[values.length >> 1]);
}
