/** A run with everything that a run folder may hold: retries, a study within, one at the end. */
export const fixtureManifest = {
  name: 'golden',
  seeds: [0],
  space: { use: 'toy-bits', bits: 8 },
  evaluator: { use: 'toy-ones', noise: 0.5 },
  strategy: { use: 'toy-walk', rounds: 12, breaks: 0.25 },
  study: [
    { use: 'toy-count', every: 5, steps: 2 },
    { use: 'toy-count', steps: 3 },
  ],
  nonFinite: { policy: 'rollback', limit: 50, every: 3 },
  profiles: {},
  expect: [],
  tracker: null,
};
