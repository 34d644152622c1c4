import { z } from 'zod';

const POLICIES = ['fail', 'skip', 'rollback'] as const;

/** As a manifest writes it: a policy's name, or the name with its limits. */
export const nonFiniteSchema = z.union([
  z.enum(POLICIES),
  z.strictObject({
    policy: z.enum(POLICIES),
    /** `skip`: attempts at one step; `rollback`: of one run. 3 unless given. */
    limit: z.int().positive().optional(),
    /** `rollback`: progress between the states to go back to; a twentieth of the search otherwise. */
    every: z.int().positive().optional(),
  }),
]);
export type WrittenNonFinite = z.output<typeof nonFiniteSchema>;

/** What a run does when a step of its search ends with a number that is none. */
export type NonFinite =
  /** It stops with an error; the last checkpoint stands. */
  | { readonly policy: 'fail' }
  /** It undoes the step and takes it again with other random numbers. */
  | { readonly policy: 'skip'; readonly limit: number }
  /** It goes back to an earlier state and on from there with other random numbers. */
  | { readonly policy: 'rollback'; readonly limit: number; readonly every?: number };

const LIMIT = 3;

/** A manifest's policy with its defaults; `fail` when it has none. */
export function nonFiniteOf(written: WrittenNonFinite | undefined): NonFinite {
  const {
    policy,
    limit = LIMIT,
    every,
  } = typeof written === 'object' ? written : { policy: written ?? 'fail' };
  if (policy === 'fail') return { policy };
  if (policy === 'skip') return { policy, limit };
  return { policy, limit, ...(every === undefined ? {} : { every }) };
}

/** The policy where it may have a part in results: not where a run just stops. */
export function decisiveNonFinite(written: WrittenNonFinite | undefined): NonFinite | undefined {
  const policy = nonFiniteOf(written);
  return policy.policy === 'fail' ? undefined : policy;
}
