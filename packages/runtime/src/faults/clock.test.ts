import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../../tools/temporary-folder.ts';
import { outcome, runToys, toyFolder } from '../../tools/toy-runs.ts';
import { field } from '../journal-reader.ts';
import { readRun } from '../read-run.ts';

const DAY_MS = 86_400_000;

afterEach(() => void vi.restoreAllMocks());

/** A calendar clock that is a day early or late, by turns. */
function jumpingClock(): void {
  const startMs = Date.now();
  let calls = 0;
  vi.spyOn(Date, 'now').mockImplementation(() => startMs + (calls++ % 2 === 0 ? DAY_MS : -DAY_MS));
}

describe('R20 a run whose clock jumps by days', () => {
  it('ends as with a steady one, with steady durations and the order of its lines', async () => {
    using steady = temporaryFolder();
    await runToys(steady.path, { maxTime: '1h' });
    using folder = temporaryFolder();
    jumpingClock();
    // A jump ends no time limit, makes no checkpoint due, and holds no commit back.
    const { status } = await runToys(folder.path, { maxTime: '1h' });
    expect(status).toBe('finished');
    expect(outcome(toyFolder(folder.path))).toStrictEqual(outcome(toyFolder(steady.path)));

    const { lines } = readRun(toyFolder(folder.path));
    const events = (of: typeof lines) => of.map(({ seq, job, event }) => `${seq} ${job} ${event}`);
    expect(events(lines)).toStrictEqual(events(readRun(toyFolder(steady.path)).lines));
    expect(lines.map(({ seq }) => seq)).toStrictEqual(lines.map((_, i) => i));
    const times = lines
      .map(({ body }) => field(body, 'timeMs'))
      .filter((time) => time !== undefined);
    const jumps = times.slice(1).map((time, i) => Number(time) - Number(times[i]));
    expect(Math.max(...jumps)).toBeGreaterThan(DAY_MS);
    expect(Math.min(...jumps)).toBeLessThan(-DAY_MS);
    const durations = lines
      .map(({ body }) => field(body, 'seconds'))
      .filter((s) => s !== undefined);
    expect(durations.length).toBeGreaterThan(10);
    for (const seconds of durations) {
      expect(seconds).toBeGreaterThanOrEqual(0);
      expect(seconds).toBeLessThan(3600);
    }
  });

  it('resumes from its last line, whatever times its lines say', async () => {
    using steady = temporaryFolder();
    await runToys(steady.path);
    using folder = temporaryFolder();
    jumpingClock();
    const pace = { checkpointEvery: 1, maxTime: 0 };
    await runToys(folder.path, pace);
    vi.spyOn(Date, 'now').mockReturnValue(0);
    await runToys(folder.path, pace);
    vi.restoreAllMocks();
    await runToys(folder.path);
    expect(outcome(toyFolder(folder.path))).toStrictEqual(outcome(toyFolder(steady.path)));
    const text = readFileSync(join(toyFolder(folder.path), 'journal.jsonl'), 'utf8');
    expect(text).toContain('"timeMs":0,');
  });
});
