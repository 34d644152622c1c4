import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../../tools/temporary-folder.ts';
import { type Outcome, outcome, runToys, toyFolder } from '../../tools/toy-runs.ts';
import { JournalWriter } from '../journal.ts';

/** The disk: full from the `fullAt`-th write on. */
const disk = vi.hoisted(() => ({ writes: 0, fullAt: Number.POSITIVE_INFINITY }));

vi.mock('node:fs', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs')>();
  return {
    ...original,
    writeSync(descriptor: number, bytes: Uint8Array, offset: number, length: number) {
      if (++disk.writes < disk.fullAt) return original.writeSync(descriptor, bytes, offset, length);
      // A full disk takes the beginning.
      original.writeSync(descriptor, bytes, offset, length >> 1);
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    },
  };
});

const ENOSPC = expect.objectContaining({ code: 'ENOSPC' });
const LINE = { kind: 'science', job: 'search', event: 'step', body: {} } as const;

beforeEach(() => {
  Object.assign(disk, { writes: 0, fullAt: Number.POSITIVE_INFINITY });
});

describe('R17 a journal on a full disk', () => {
  it('throws the error, and does not hide it when it is closed on the way out', () => {
    using folder = temporaryFolder();
    disk.fullAt = 1;
    const journal = new JournalWriter(join(folder.path, 'journal.jsonl'));
    journal.append(LINE);
    expect(() => journal.commit()).toThrow(ENOSPC);
    expect(() => journal.append(LINE)).toThrow(ENOSPC);
    expect(() => journal.close()).not.toThrow();
  });

  it('throws it at the end when it came in the background', () => {
    vi.useFakeTimers();
    using folder = temporaryFolder();
    disk.fullAt = 1;
    const journal = new JournalWriter(join(folder.path, 'journal.jsonl'));
    journal.append(LINE);
    vi.advanceTimersByTime(200);
    vi.useRealTimers();
    expect(() => journal.close()).toThrow(ENOSPC);
  });
});

describe('R17 a run on a disk that fills up', () => {
  let truth: Outcome;
  let writes: number;

  beforeAll(async () => {
    using folder = temporaryFolder();
    Object.assign(disk, { writes: 0, fullAt: Number.POSITIVE_INFINITY });
    await runToys(folder.path, { checkpointEvery: 2 });
    writes = disk.writes;
    truth = outcome(toyFolder(folder.path));
  });

  it('fails with that error, and ends as if nothing had been once there is space', async () => {
    expect(writes).toBeGreaterThan(30);
    for (let fullAt = 1; fullAt <= writes; fullAt += 4) {
      using folder = temporaryFolder();
      Object.assign(disk, { writes: 0, fullAt });
      await expect(runToys(folder.path, { checkpointEvery: 2 }), `write ${fullAt}`).rejects.toThrow(
        ENOSPC,
      );
      disk.fullAt = Number.POSITIVE_INFINITY;
      await runToys(folder.path, { checkpointEvery: 2 });
      expect(outcome(toyFolder(folder.path)), `write ${fullAt}`).toStrictEqual(truth);
    }
  });
});
