import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import {
  CHANGES,
  counting,
  type Errno,
  failing,
  interceptFiles,
  type Where,
} from '@archer-nas/testkit/faults';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../tools/temporary-folder.ts';
import { type Outcome, outcome, runToys, toyFolder } from '../../tools/toy-runs.ts';
import { replaceFile } from '../durable.ts';
import type { RunEvent } from '../events.ts';

const OPTIONS = { checkpointEvery: 2 };

let truth: Outcome;
let changes: number;

beforeAll(async () => {
  using folder = temporaryFolder();
  const { judge, count } = counting();
  using _ = interceptFiles(folder.path, judge);
  await runToys(folder.path, OPTIONS);
  truth = outcome(toyFolder(folder.path));
  changes = count();
});

/** Runs with a fault, then without; both in `out`. */
async function runTwice(out: string, code: Errno, where: Where): Promise<unknown> {
  let failure: unknown;
  {
    using _ = interceptFiles(out, failing(code, where));
    failure = await runToys(out, OPTIONS).then(
      () => undefined,
      (error: unknown) => error,
    );
  }
  await runToys(out, OPTIONS);
  expect(outcome(toyFolder(out)), JSON.stringify(where)).toStrictEqual(truth);
  return failure;
}

describe('R18 a run whose file system says', () => {
  it.each([
    ['EIO', 'see the system log'],
    ['EACCES', 'Give this user the right'],
    ['EROFS', 'choose another place (of a run: with --out)'],
    ['EMFILE', 'ulimit -n'],
  ] as const)(
    '%s from any change on names the file and what to do',
    async (code, advice) => {
      // Each code at other calls, so that together they meet two in three of them.
      const first = 1 + ['EIO', 'EACCES', 'EROFS', 'EMFILE'].indexOf(code);
      for (let from = first; ; from += 6) {
        using folder = temporaryFolder();
        const failure = await runTwice(folder.path, code, { calls: CHANGES, from });
        // The last call takes the lock away: nobody needs to hear of that.
        if (failure === undefined && from > 0.8 * changes) break;
        expect(failure, `${code} from ${from}`).toMatchObject({
          code: 'ARCHER_DISK',
          message: expect.stringMatching(new RegExp(`^${folder.path}.*\\(${code}, \\w+\\)\\.$`)),
          hint: expect.stringContaining(advice),
        });
      }
    },
    120_000,
  );

  it('EISDIR to a file that somebody names advises what is no option of a run alone', () => {
    using folder = temporaryFolder();
    expect(() => replaceFile(folder.path, '<html>')).toThrow(
      expect.objectContaining({
        ...{ code: 'ARCHER_DISK', message: expect.stringContaining(`${folder.path}: `) },
        hint: expect.stringMatching(
          /^A folder stands where a file is expected: choose another place/,
        ),
      }),
    );
  });

  it('EIO at a single fsync of the journal stops: what was not synced cannot be trusted', async () => {
    using folder = temporaryFolder();
    const where = { calls: ['fsync'], path: /journal\.jsonl$/, from: 2, times: 1 } as const;
    expect(await runTwice(folder.path, 'EIO', where)).toMatchObject({ code: 'ARCHER_DISK' });
  });

  it.each(['EIO', 'EACCES', 'EMFILE'] as const)(
    '%s about its journal is not begun anew',
    async (code) => {
      using folder = temporaryFolder();
      await interrupted(folder.path);
      for (const calls of [['stat'], ['read']] as const) {
        using _ = interceptFiles(folder.path, failing(code, { calls, path: /journal\.jsonl$/ }));
        await expect(runToys(folder.path)).rejects.toMatchObject({
          code: 'ARCHER_DISK',
          message: expect.stringContaining('journal.jsonl'),
        });
      }
      const events = await eventsOf(folder.path);
      expect(events.find(({ type }) => type === 'seed')).toMatchObject({ resumed: true });
    },
  );

  it('EIO about its newest checkpoint goes on from the one before, with a warning', async () => {
    using folder = temporaryFolder();
    await interrupted(folder.path);
    const bad = { calls: ['read'], path: /search-\d+\/arrays\.bin$/, times: 1 } as const;
    using _ = interceptFiles(folder.path, failing('EIO', bad));
    const events = await eventsOf(folder.path);
    expect(events.filter(({ type }) => type === 'warning')).toMatchObject([
      { message: expect.stringMatching(/search-\d+.*i\/o error/) },
    ]);
    expect(outcome(toyFolder(folder.path))).toStrictEqual(truth);
  });

  it('EMFILE about its newest checkpoint stops: it may be sound', async () => {
    using folder = temporaryFolder();
    await interrupted(folder.path);
    {
      const where = { calls: ['open'], path: /search-\d+\/arrays\.bin$/ } as const;
      using _ = interceptFiles(folder.path, failing('EMFILE', where));
      await expect(runToys(folder.path)).rejects.toMatchObject({ code: 'ARCHER_DISK' });
    }
    expect((await eventsOf(folder.path)).map(({ type }) => type)).not.toContain('warning');
    expect(outcome(toyFolder(folder.path))).toStrictEqual(truth);
  });

  it.each(['EINVAL', 'ENOTSUP'] as const)('%s to the sync of a folder goes on', async (code) => {
    using folder = temporaryFolder();
    const where = {
      calls: ['fsync'],
      path: /(-\w{6}|default|seed-0|checkpoints|tables|checkpoints\/[^/]*\.tmp)$/,
    } as const;
    using _ = interceptFiles(folder.path, failing(code, where));
    await runToys(folder.path, OPTIONS);
    expect(outcome(toyFolder(folder.path))).toStrictEqual(truth);
  });

  it.each(['EPERM', 'ENOTSUP'] as const)(
    '%s to a hard link says that it cannot lock',
    async (code) => {
      using folder = temporaryFolder();
      expect(await runTwice(folder.path, code, { calls: ['link'] })).toMatchObject({
        code: 'ARCHER_NO_LOCK',
        message: expect.stringContaining(join(toyFolder(folder.path), 'lock')),
        hint: expect.stringContaining('--out on another file system'),
      });
    },
  );
});

/** A run that was stopped after three steps, with two checkpoints of the search. */
async function interrupted(out: string): Promise<void> {
  const stop = new AbortController();
  await runToys(out, {
    checkpointEvery: 1,
    signal: stop.signal,
    onEvent: (event) => {
      if (event.type === 'step' && event.progress.done === 4) stop.abort();
    },
  });
}

async function eventsOf(out: string): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  await runToys(out, { ...OPTIONS, onEvent: (event) => events.push(event) });
  return events;
}

describe('R18 a run whose folder', () => {
  it.each([1, 3, 5])('is removed at step %i stops, and never calls that a result', async (step) => {
    using folder = temporaryFolder();
    const root = toyFolder(folder.path);
    const onEvent = (event: RunEvent): void => {
      if (event.type !== 'step' || event.job !== 'search' || event.progress.done !== step) return;
      rmSync(root, { recursive: true });
    };
    await expect(runToys(folder.path, { onEvent })).rejects.toMatchObject({
      code: 'ARCHER_JOURNAL_GONE',
      message: expect.stringContaining(join(root, 'journal.jsonl')),
    });
    await runToys(folder.path);
    expect(outcome(root)).toStrictEqual(truth);
  });

  it.each([
    ['has spaces', 'my results of today'],
    ['has Unicode', 'Ergebnisse – größte 架构 🧪'],
    ['has quotes and a line break', `it's "here"\nand there`],
    ['has a name of 250 characters', 'x'.repeat(250)],
    ['lies deep', Array.from({ length: 40 }, (_, i) => `folder-${i}`).join('/')],
  ])('%s ends as any other', async (_, name) => {
    using folder = temporaryFolder();
    const out = join(folder.path, name);
    await interrupted(out);
    await runToys(out, { dataFolder: folder.path });
    expect(outcome(toyFolder(out))).toStrictEqual(truth);
  });

  it('is a symbolic link ends as any other, also under its real name', async () => {
    using folder = temporaryFolder();
    const [real, link] = [join(folder.path, 'real'), join(folder.path, 'link')];
    mkdirSync(real);
    symlinkSync(real, link);
    await interrupted(link);
    await runToys(real);
    expect(outcome(toyFolder(link))).toStrictEqual(truth);
  });

  it('is a file is refused with its name', async () => {
    using folder = temporaryFolder();
    mkdirSync(join(folder.path, 'default'));
    symlinkSync('/dev/null', toyFolder(folder.path));
    await expect(runToys(folder.path)).rejects.toMatchObject({
      code: 'ARCHER_DISK',
      message: expect.stringContaining(toyFolder(folder.path)),
    });
  });
});
