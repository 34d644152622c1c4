import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../../tools/temporary-folder.ts';
import { type Outcome, outcome, runToys, toyFolder } from '../../tools/toy-runs.ts';
import { field } from '../journal-reader.ts';
import { readRun } from '../read-run.ts';

const DAY_MS = 86_400_000;

let truth: Outcome;

beforeAll(async () => {
  using folder = temporaryFolder();
  await runToys(folder.path);
  truth = outcome(toyFolder(folder.path));
});

afterEach(() => void vi.restoreAllMocks());

describe('R20 a run whose clock jumps by a day at every look', () => {
  it.each([
    ['forwards', 1],
    ['backwards', -1],
    ['to and fro', 0],
  ])('%s ends as any other, in the order of its lines', async (_, direction) => {
    using folder = temporaryFolder();
    const start = Date.now();
    let looks = 0;
    vi.spyOn(Date, 'now').mockImplementation(() => {
      const days = direction === 0 ? ((looks + 1) % 2) * 2 - 1 : direction * looks;
      looks++;
      return start + days * DAY_MS;
    });
    const stop = new AbortController();
    await runToys(folder.path, {
      maxTime: 3600, // an hour of the clock that does not jump
      checkpointMs: 3_600_000,
      signal: stop.signal,
      onEvent: (event) => event.type === 'step' && event.progress.done === 4 && stop.abort(),
    });
    const { status } = await runToys(folder.path, { maxTime: 3600, checkpointMs: 3_600_000 });
    expect(status).toBe('finished');
    expect(looks).toBeGreaterThan(10);
    expect(outcome(toyFolder(folder.path))).toStrictEqual(truth);
    const { lines } = readRun(toyFolder(folder.path));
    const seconds = lines.map(({ body }) => field(body, 'seconds')).filter((s) => s !== undefined);
    expect(seconds.length).toBeGreaterThan(10);
    for (const s of seconds) {
      expect(s).toBeGreaterThanOrEqual(0);
      expect(s).toBeLessThan(60);
    }
  });
});
