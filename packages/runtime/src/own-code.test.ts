import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PluginLookup } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { install } from '../tools/plugin-folders.ts';
import { temporaryFolder } from '../tools/temporary-folder.ts';
import { runToys, toyLookup, toyManifest } from '../tools/toy-runs.ts';
import { answerCaches } from './cache.ts';
import { codeVersion } from './own-code.ts';
import { installedPlugins } from './plugin-index.ts';
import { pluginLookup } from './plugin-lookup.ts';
import { planRun } from './run-plan.ts';

const SOURCE = { 'package.json': '{}', 'index.js': 'export default [];', 'src/a.ts': 'let a;' };

/** Writes a package of these files. @returns its folder */
function write(folder: string, files: Readonly<Record<string, string>>): string {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

describe('the version of a plugin package that somebody works on', () => {
  it('has a hash of its code, wherever it lies', () => {
    using folder = temporaryFolder();
    const versionOf = (name: string, changes: object = {}, version = '1.0.0') =>
      codeVersion({ version, folder: write(join(folder.path, name), { ...SOURCE, ...changes }) });
    const version = versionOf('mine');
    expect(version).toMatch(/^1\.0\.0\+[0-9a-f]{8}$/);
    expect(versionOf('copy')).toBe(version);
    const others = {
      'README.md': 'more',
      'src/a.test.ts': 'it()',
      'test/b.ts': '',
      'results/default/seed-0/result.json': '{}',
      'node_modules/other/index.js': '',
      '.git/hook.js': '',
    };
    expect(versionOf('documented', others)).toBe(version);
    expect(versionOf('edited', { 'src/a.ts': 'let b;' })).not.toBe(version);
    expect(versionOf('renamed', { 'src/a.ts': '', 'src/b.ts': 'let a;' })).not.toBe(version);
    expect(versionOf('moved-entry', { 'package.json': '{"exports":"./b.js"}' })).not.toBe(version);
    expect(versionOf('built', {}, '1.0.0+7')).toBe(`1.0.0+7.${version.slice(-8)}`);
  });

  it('is that of the code which this process has loaded', () => {
    using folder = temporaryFolder();
    const own = { version: '1.0.0', folder: write(folder.path, SOURCE) };
    const version = codeVersion(own);
    write(folder.path, { 'index.js': 'edited' });
    expect(codeVersion(own)).toBe(version);
  });

  it('is its version alone where it is installed, or developed with Archer', () => {
    using folder = temporaryFolder();
    const installed = write(join(folder.path, 'node_modules', 'archer-plugin-x'), SOURCE);
    expect(codeVersion({ version: '1.0.0', folder: installed })).toBe('1.0.0');
    const inside = write(join(folder.path, 'plugins', 'x'), SOURCE);
    expect(codeVersion({ version: '1.0.0', folder: inside }, folder.path)).toBe('1.0.0');
    const here = dirname(dirname(fileURLToPath(import.meta.url)));
    expect(codeVersion({ version: '1.0.0', folder: here })).toBe('1.0.0');
  });

  it('is what a linked package is looked up with', async () => {
    using folder = temporaryFolder();
    install(folder.path, { 'archer-plugin-there': { lists: ['space:test-there'] } });
    install(join(folder.path, 'tools'), { 'archer-plugin-mine': { lists: ['space:test-mine'] } });
    const code = join(folder.path, 'tools', 'node_modules', 'archer-plugin-mine', 'index.js');
    const mine = write(join(folder.path, 'mine'), {
      'package.json': JSON.stringify({
        ...{ name: 'archer-plugin-own', version: '0.0.1', type: 'module', exports: './index.js' },
        archer: { plugins: ['space:test-mine'] },
      }),
      'index.js': `export { default } from ${JSON.stringify(code)};`,
    });
    symlinkSync(mine, join(folder.path, 'node_modules', 'archer-plugin-own'));
    const lookup = pluginLookup(installedPlugins(folder.path));
    expect((await lookup('space', 'test-there')).version).toBe('1.0.0');
    expect((await lookup('space', 'test-mine')).version).toMatch(/^0\.0\.1\+[0-9a-f]{8}$/);
  });
});

/** The toys, of which those of a kind have another version. */
function versioned(kind: string, version: string): PluginLookup {
  const lookup = toyLookup();
  return async (of, id) => ({ ...(await lookup(of, id)), ...(of === kind && { version }) });
}

describe('an edit of a plugin', () => {
  it('R48 is drift for a run that is finished', async () => {
    using folder = temporaryFolder();
    await runToys(folder.path, { lookup: versioned('study', '1.0.0+0000000a') });
    const again = runToys(folder.path, { lookup: versioned('study', '1.0.0+0000000b') });
    await expect(again).rejects.toMatchObject({
      code: 'ARCHER_DRIFT',
      message: expect.stringMatching(/study\.0 .*1\.0\.0\+0000000a.* → .*1\.0\.0\+0000000b/),
    });
  });

  it('or an upgrade makes what studies have measured with it unknown, not one of the strategy', async () => {
    using folder = temporaryFolder();
    const cacheWith = async (kind: string, version: string) => {
      const lookup = versioned(kind, version);
      const plan = await planRun({ manifest: toyManifest(), lookup, dataFolder: folder.path });
      return answerCaches(plan)(0);
    };
    const plain = await cacheWith('strategy', '1.0.0');
    await plain.put('truth', 1);
    expect(await (await cacheWith('strategy', '1.0.0+0000000a')).get('truth')).toBe(1);
    for (const kind of ['space', 'study']) {
      expect(await (await cacheWith(kind, '1.0.1')).get('truth'), kind).toBeUndefined();
      const own = await cacheWith(kind, '1.0.0+0000000a');
      expect(await own.get('truth'), kind).toBeUndefined();
      await own.put('truth', 2);
      expect(await (await cacheWith(kind, '1.0.0+0000000a')).get('truth')).toBe(2);
      expect(await (await cacheWith(kind, '1.0.0+0000000b')).get('truth')).toBeUndefined();
    }
    expect(await plain.get('truth')).toBe(1);
  });
});
