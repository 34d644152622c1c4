import { describe, it } from 'vitest';

/** One promise of a contract: `run` throws where the subject breaks it. */
export interface Check {
  /** A sentence about behaviour. */
  readonly name: string;
  readonly run: () => void | Promise<void>;
}

/** Registers checks as tests of one block. */
export function describeChecks(title: string, checks: readonly Check[]): void {
  describe(title, () => {
    for (const { name, run } of checks) it(name, run);
  });
}
