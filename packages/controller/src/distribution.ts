/** softmax(ℓ), stable. */
export function softmax(logits: Float64Array): Float64Array {
  const largest = logits.reduce((most, logit) => Math.max(most, logit), Number.NEGATIVE_INFINITY);
  const p = logits.map((logit) => Math.exp(logit - largest));
  const total = p.reduce((sum, value) => sum + value, 0);
  return p.map((value) => value / total);
}

/** H = −Σ p ln p, in nats. */
export function entropy(p: Float64Array): number {
  return p.reduce((sum, value) => (value > 0 ? sum - value * Math.log(value) : sum), 0);
}

/** ∂ ln p(a) / ∂ℓ = 1ₐ − p. */
export function logProbabilityGradient(p: Float64Array, chosen: number): Float64Array {
  return p.map((value, option) => (option === chosen ? 1 : 0) - value);
}

/** ∂H / ∂ℓ = −p (ln p + H). */
export function entropyGradient(p: Float64Array): Float64Array {
  const h = entropy(p);
  return p.map((value) => (value > 0 ? -value * (Math.log(value) + h) : 0));
}
