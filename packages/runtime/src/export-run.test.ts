import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { toyClimb, toyOnes } from '@archer-nas/testkit';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../tools/temporary-folder.ts';
import { runToys, toyFolder, toyLookup } from '../tools/toy-runs.ts';
import { exportRun } from './export-run.ts';

const lookup = toyLookup();

it('writes the notation of the best architecture', async () => {
  using folder = temporaryFolder();
  const { records } = await runToys(folder.path);
  const best = records[0]?.result?.search.best[0]?.architecture;
  const exported = await exportRun(toyFolder(folder.path), { format: 'genotype', lookup });
  const to = join(toyFolder(folder.path), 'exports', 'genotype');
  expect(exported).toStrictEqual({ architecture: best, folder: to, files: ['genotype.txt'] });
  expect(readFileSync(join(to, 'genotype.txt'), 'utf8')).toBe(`${best}\n`);
});

it('creates nothing but the space for a notation', async () => {
  using folder = temporaryFolder();
  await runToys(folder.path);
  const create = () => {
    throw new Error('no engine here');
  };
  const broken = toyLookup({ ...toyClimb, create } as never, { ...toyOnes, create } as never);
  const exported = exportRun(toyFolder(folder.path), { format: 'genotype', lookup: broken });
  await expect(exported).resolves.toMatchObject({ files: ['genotype.txt'] });
});

it('writes a named architecture of an unfinished run', async () => {
  using folder = temporaryFolder();
  await runToys(folder.path, { maxTime: 0 });
  const options = { format: 'genotype', architecture: '00000001', to: folder.path, lookup };
  await exportRun(toyFolder(folder.path), options);
  expect(readFileSync(join(folder.path, 'genotype.txt'), 'utf8')).toBe('00000001\n');
});

it('says what is missing, or which formats there are', async () => {
  using folder = temporaryFolder();
  await runToys(folder.path, { maxTime: 0 });
  const root = toyFolder(folder.path);
  await expect(exportRun(root, { format: 'genotype', lookup })).rejects.toMatchObject({
    code: 'ARCHER_NO_BEST',
  });
  await runToys(folder.path);
  await expect(exportRun(root, { format: 'tfjs', lookup })).rejects.toMatchObject({
    code: 'ARCHER_EXPORT',
    hint: 'It can be exported to: genotype.',
  });
});
