import { mkdir, readdir, readFile, truncate, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FAKE, FAKE_FILES, fakeBin, temporaryFolder, writeFakes } from '../test/fake-cifar.ts';
import { ensureCached } from './cache.ts';
import type { Source } from './source.ts';

const good: Source = { name: 'good', fill: ({ folder }) => writeFakes(folder) };
const bad: Source = {
  name: 'bad',
  async fill({ folder }) {
    await writeFakes(folder);
    await writeFile(join(folder, 'data_batch_4.bin'), fakeBin('data_batch_5'));
  },
};
const failing = (error: Error): Source => ({ name: 'failing', fill: () => Promise.reject(error) });
const offline = failing(new Error('fetch failed', { cause: new Error('ENOTFOUND example.org') }));

/** Fills a folder from the sources and gives the log. */
async function ensure(folder: string, ...sources: Source[]): Promise<string[]> {
  const lines: string[] = [];
  await ensureCached({ folder, layout: FAKE, sources, log: (line) => lines.push(line) });
  for (const { name } of FAKE_FILES) {
    expect(await readFile(join(folder, `${name}.bin`))).toEqual(fakeBin(name));
  }
  return lines;
}

const COMPLETE = ['checked.json', ...FAKE_FILES.map(({ name }) => `${name}.bin`)].sort();

describe('ensureCached', () => {
  it('fills an empty cache once and is silent afterwards', async () => {
    await using folder = await temporaryFolder();
    const cache = join(folder.path, 'deep', 'cifar-10');
    expect((await ensure(cache, good)).join()).toContain('good');
    expect((await readdir(cache)).sort()).toEqual(COMPLETE);
    expect(await ensure(cache, offline)).toEqual([]);
  });

  it('takes files that somebody copied there, after checking them', async () => {
    await using folder = await temporaryFolder();
    await writeFakes(folder.path);
    expect(await ensure(folder.path, offline)).toEqual([]);
    expect((await readdir(folder.path)).sort()).toEqual(COMPLETE);
  });

  it('goes on to the next source when one does not answer or is wrong', async () => {
    await using folder = await temporaryFolder();
    const lines = await ensure(folder.path, offline, bad, good);
    expect(lines.join('\n')).toContain('fetch failed (ENOTFOUND example.org)');
    expect(lines.join('\n')).toContain('data_batch_4.bin has md5');
  });

  it('mends a file that was cut or altered since it was checked', async () => {
    await using folder = await temporaryFolder();
    await ensure(folder.path, good);
    await truncate(join(folder.path, 'data_batch_2.bin'), 100);
    expect((await ensure(folder.path, good))[0]).toContain('data_batch_2.bin has 100 bytes');

    const altered = fakeBin('test_batch').fill(9, 200, 210);
    await writeFile(join(folder.path, 'test_batch.bin'), altered);
    await utimes(join(folder.path, 'test_batch.bin'), 1, 1);
    expect((await ensure(folder.path, good))[0]).toContain('test_batch.bin has md5');
  });

  it('names the damaged file and every source when nothing answers', async () => {
    await using folder = await temporaryFolder();
    const empty = ensure(folder.path, offline);
    await expect(empty).rejects.toMatchObject({ code: 'ARCHER_DATA_MISSING', exit: 5 });
    await expect(empty).rejects.toThrow('failing: fetch failed (ENOTFOUND example.org)');

    await writeFakes(folder.path);
    await truncate(join(folder.path, 'data_batch_2.bin'), 100);
    const damaged = ensure(folder.path, offline);
    await expect(damaged).rejects.toMatchObject({ code: 'ARCHER_DATA_CORRUPT', exit: 5 });
    await expect(damaged).rejects.toThrow('data_batch_2.bin has 100 bytes, expected 12292');
  });

  it('keeps nothing of a source with a wrong file', async () => {
    await using folder = await temporaryFolder();
    const answer = ensure(folder.path, bad);
    await expect(answer).rejects.toMatchObject({ code: 'ARCHER_DATA_CORRUPT' });
    await expect(answer).rejects.toThrow('data_batch_4.bin');
    expect(await readdir(folder.path)).toEqual([]);
  });

  it('does not try another source on a full disk, and leaves it empty', async () => {
    await using folder = await temporaryFolder();
    const full: Source = {
      name: 'full',
      async fill(context) {
        await writeFile(join(context.folder, 'half.bin'), 'x');
        throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      },
    };
    const answer = ensure(folder.path, full, good);
    await expect(answer).rejects.toMatchObject({ code: 'ARCHER_DATA_SPACE', exit: 5 });
    await expect(answer).rejects.toThrow(folder.path);
    expect(await readdir(folder.path)).toEqual([]);
  });

  it('says so when the cache is not a folder', async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'file'), '');
    const answer = ensure(join(folder.path, 'file'), good);
    await expect(answer).rejects.toMatchObject({ code: 'ARCHER_DATA_UNUSABLE' });
  });

  it('may be filled by two at once', async () => {
    await using folder = await temporaryFolder();
    const cache = join(folder.path, 'cifar-10');
    await Promise.all([ensure(cache, good), ensure(cache, good)]);
    expect((await readdir(cache)).sort()).toEqual(COMPLETE);
  });

  it('removes what a killed process left, not what a living one writes', async () => {
    await using folder = await temporaryFolder();
    const left = (pid: number): string => `.filling-${hostname()}-${pid}-abcdef`;
    const NO_PID = 2 ** 22 + 1; // above Linux's largest
    await mkdir(join(folder.path, left(NO_PID)));
    await mkdir(join(folder.path, left(process.pid)));
    await ensure(folder.path, good);
    expect(await readdir(folder.path)).not.toContain(left(NO_PID));
    expect(await readdir(folder.path)).toContain(left(process.pid));
  });
});
