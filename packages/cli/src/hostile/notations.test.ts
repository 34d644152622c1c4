import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const CHILD = fileURLToPath(new URL('../../test/hostile-notations.mjs', import.meta.url));
/** Generous: it is for what hangs. */
const TIMEOUT_MS = 120_000;

describe('R40 what a space, or a duration, reads', () => {
  it(
    'is an architecture or an ArcherError, in time, for 100,000 characters too',
    () => {
      const said = execFileSync(process.execPath, [CHILD], {
        ...{ timeout: TIMEOUT_MS, killSignal: 'SIGKILL', encoding: 'utf8' },
      });
      const { names, wrong } = JSON.parse(said) as { names: string[]; wrong: string[] };
      expect(names).toEqual(expect.arrayContaining(['darts', 'nas-bench-101', 'nas-bench-201']));
      expect(wrong).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
