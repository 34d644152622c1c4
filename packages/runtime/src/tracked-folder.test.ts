import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../tools/temporary-folder.ts';
import { runFolder } from './folders.ts';
import { trackedFolder } from './tracked-folder.ts';

describe("a tracker's folder", () => {
  it('R32 remembers what one session wrote for the next, and is held by one at a time', () => {
    using folder = temporaryFolder();
    const tracked = trackedFolder(runFolder(folder.path), 'mlflow');
    {
      using shelf = tracked.takeShelf();
      expect(shelf.read()).toBeUndefined();
      shelf.write({ seq: 7, odd: Number.NaN });
      expect(() => tracked.takeShelf()).toThrow(
        expect.objectContaining({ code: 'ARCHER_LOCKED', exit: 7 }),
      );
    }
    using later = tracked.takeShelf();
    expect(later.read()).toEqual({ seq: 7, odd: Number.NaN });
  });

  it('takes a damaged memory for none', () => {
    using folder = temporaryFolder();
    mkdirSync(join(folder.path, 'trackers'));
    writeFileSync(join(folder.path, 'trackers', 'mlflow.json'), '{"seq": ');
    using shelf = trackedFolder(runFolder(folder.path), 'mlflow').takeShelf();
    expect(shelf.read()).toBeUndefined();
  });

  it('R41 reads files of the run folder alone', () => {
    using folder = temporaryFolder();
    const root = join(folder.path, 'run');
    mkdirSync(join(root, 'tables'), { recursive: true });
    writeFileSync(join(root, 'tables', 'a.csv'), 'a');
    writeFileSync(join(folder.path, 'secret'), 's');
    const { file } = trackedFolder(runFolder(root), 'mlflow');
    expect(Buffer.from(file('tables/a.csv') ?? []).toString()).toBe('a');
    for (const name of ['../secret', join(folder.path, 'secret'), 'tables/../../secret', 'none'])
      expect(file(name), name).toBeUndefined();
  });
});
