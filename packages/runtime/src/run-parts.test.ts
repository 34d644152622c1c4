import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../tools/temporary-folder.ts';
import { runToys, toyFolder, toyLookup } from '../tools/toy-runs.ts';
import { readRun } from './read-run.ts';
import { pluginDocuments, spaceOfRun } from './run-parts.ts';

it('gives the space that a run was in', async () => {
  using folder = temporaryFolder();
  const { records } = await runToys(folder.path);
  const space = await spaceOfRun(toyFolder(folder.path), { lookup: toyLookup() });
  const best = records[0]?.result?.search.best[0]?.architecture ?? '';
  expect(space.format(space.parse(best))).toBe(best);
});

it('refuses a folder without a journal', async () => {
  using folder = temporaryFolder();
  await expect(spaceOfRun(folder.path)).rejects.toMatchObject({ code: 'ARCHER_NO_RUN' });
});

it('reads a document of the packages that a run used, where they have it', async () => {
  using folder = temporaryFolder();
  await runToys(folder.path, { folder: folder.path });
  const record = readRun(toyFolder(folder.path));
  for (const name of ['archer-plugin-a', 'archer-plugin-b', 'archer-plugin-unused']) {
    const inside = join(folder.path, 'node_modules', name);
    mkdirSync(inside, { recursive: true });
    const plugins = [`strategy:${name}`];
    writeFileSync(
      join(inside, 'package.json'),
      JSON.stringify({ version: '1.0.0', archer: { plugins } }),
    );
    if (!name.endsWith('b')) writeFileSync(join(inside, 'DEVIATIONS.md'), `of ${name}`);
  }
  const plugins = {
    'strategy a': 'archer-plugin-a@1.0.0',
    'sampler b': 'archer-plugin-b@2.0.0-rc.1',
  };
  const fingerprint = record.fingerprint && { ...record.fingerprint, plugins };
  expect([...pluginDocuments({ ...record, fingerprint }, 'DEVIATIONS.md')]).toEqual([
    ['archer-plugin-a', 'of archer-plugin-a'],
  ]);
});
