import type { Check } from '../check.ts';
import { ELSEWHERE_CHECK, GOLDEN_CHECK } from '../row.ts';

/** Checks that write a file or start a process: those have tests of their own. */
const OUTSIDE: readonly string[] = [GOLDEN_CHECK, ELSEWHERE_CHECK];

/** Names of the checks that a subject breaks. */
export async function broken(checks: readonly Check[]): Promise<string[]> {
  const failed: string[] = [];
  for (const { name, run } of checks.filter((check) => !OUTSIDE.includes(check.name))) {
    try {
      await run();
    } catch {
      failed.push(name);
    }
  }
  return failed;
}
