import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { load } from './load.ts';

it('says why a package does not load, without the folders of this machine', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'archer-load-'));
  writeFileSync(join(folder, 'package.json'), '{ "main": "index.cjs" }');
  writeFileSync(join(folder, 'index.cjs'), "require('/home/someone/lost/part.node');");
  expect(await load(folder)).toEqual({
    unavailable: expect.stringMatching(/^does not load: Cannot find module 'part\.node'/),
  });
});

it('says of a package that is not there that it is not installed', async () => {
  expect(await load('@archer-nas/nothing')).toEqual({ unavailable: 'not installed' });
});
