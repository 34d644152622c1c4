import { join } from 'node:path';
import { counting, fullDisk, interceptFiles, shortWrites } from '@archer-nas/testkit/faults';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../../tools/temporary-folder.ts';
import { type Outcome, outcome, runToys, toyFolder } from '../../tools/toy-runs.ts';
import { JournalWriter } from '../journal.ts';

const OPTIONS = { checkpointEvery: 2 };
const LINE = { kind: 'science', job: 'search', event: 'step', body: {} } as const;

/** What a person reads: which file, why, what to do. */
const NO_SPACE = expect.objectContaining({
  code: 'ARCHER_DISK',
  message: expect.stringMatching(/^\/.*: no space left on device \(ENOSPC, write\)\.$/),
  hint: expect.stringContaining('Free some space, then run the same command again'),
});

let truth: Outcome;

beforeAll(async () => {
  using folder = temporaryFolder();
  await runToys(folder.path, OPTIONS);
  truth = outcome(toyFolder(folder.path));
});

describe('R17 a journal on a full disk', () => {
  it('throws the error, and does not hide it when it is closed on the way out', () => {
    using folder = temporaryFolder();
    using _ = interceptFiles(folder.path, fullDisk(1));
    const journal = new JournalWriter(join(folder.path, 'journal.jsonl'));
    journal.append(LINE);
    expect(() => journal.commit()).toThrow(NO_SPACE);
    expect(() => journal.append(LINE)).toThrow(NO_SPACE);
    expect(() => journal.close()).not.toThrow();
  });

  it('throws it at the end when it came in the background', () => {
    vi.useFakeTimers();
    using folder = temporaryFolder();
    using _ = interceptFiles(folder.path, fullDisk(1));
    const journal = new JournalWriter(join(folder.path, 'journal.jsonl'));
    journal.append(LINE);
    vi.advanceTimersByTime(200);
    vi.useRealTimers();
    expect(() => journal.close()).toThrow(NO_SPACE);
  });
});

describe('R17 a run on a disk that fills up', () => {
  it('at any write says so, and ends as if nothing had been once there is space', async () => {
    const writes = await writesOfRun();
    expect(writes).toBeGreaterThan(30);
    for (let full = 1; full <= writes; full++) {
      using folder = temporaryFolder();
      {
        using _ = interceptFiles(folder.path, fullDisk(full));
        await expect(runToys(folder.path, OPTIONS), `write ${full}`).rejects.toThrow(NO_SPACE);
      }
      await runToys(folder.path, OPTIONS);
      expect(outcome(toyFolder(folder.path)), `write ${full}`).toStrictEqual(truth);
    }
  }, 120_000);

  it('is not needed: writes that are taken in pieces are finished', async () => {
    using folder = temporaryFolder();
    using _ = interceptFiles(folder.path, shortWrites(7));
    await runToys(folder.path, OPTIONS);
    expect(outcome(toyFolder(folder.path))).toStrictEqual(truth);
  });
});

async function writesOfRun(): Promise<number> {
  using folder = temporaryFolder();
  const { judge, count } = counting('write');
  using _ = interceptFiles(folder.path, judge);
  await runToys(folder.path, OPTIONS);
  return count();
}
