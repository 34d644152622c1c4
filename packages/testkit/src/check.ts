import { describe, it } from 'vitest';

/** One promise of a contract: `run` throws where the subject breaks it. */
export interface Check {
  /** A sentence about behaviour. */
  readonly name: string;
  readonly run: () => void | Promise<void>;
  /** For what starts a process; vitest's own limit unless stated. */
  readonly timeoutMs?: number;
}

/** Registers checks as tests of one block. */
export function describeChecks(title: string, checks: readonly Check[]): void {
  describe(title, () => {
    for (const { name, run, timeoutMs } of checks) it(name, run, timeoutMs);
  });
}
