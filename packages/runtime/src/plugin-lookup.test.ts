import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { install, type TestPackage } from '../tools/plugin-folders.ts';
import { type TemporaryFolder, temporaryFolder } from '../tools/temporary-folder.ts';
import { coreVersion } from './core-version.ts';
import { idsOf, installedPlugins } from './plugin-index.ts';
import { pluginLookup } from './plugin-lookup.ts';

/** A lookup in a folder with these packages. */
function lookupIn(folder: TemporaryFolder, packages: Readonly<Record<string, TestPackage>>) {
  install(folder.path, packages);
  return pluginLookup(installedPlugins(folder.path));
}

const imported = (): readonly string[] =>
  (globalThis as { importedByTests?: string[] }).importedByTests ?? [];

const refused = (message: RegExp) => ({
  code: 'ARCHER_PLUGIN_REFUSED',
  exit: 3,
  message: expect.stringMatching(message),
});

describe('installedPlugins', () => {
  it('lists packages with our names, here and above, the nearer one first', () => {
    using folder = temporaryFolder();
    const inner = join(folder.path, 'a', 'b');
    mkdirSync(inner, { recursive: true });
    install(folder.path, {
      'archer-plugin-x': { lists: ['space:far-x'] },
      '@me/archer-plugin-y': { lists: ['space:test-y', 'sampler:test-y'] },
      '@me/other': { lists: ['space:test-z'] },
      'left-pad': { lists: ['space:test-pad'] },
    });
    install(inner, { 'archer-plugin-x': { lists: ['space:near-x'], version: '2.0.0' } });
    const index = installedPlugins(inner);
    expect(idsOf(index, 'space')).toEqual(expect.arrayContaining(['near-x', 'test-y']));
    expect(idsOf(index, 'sampler')).toContain('test-y');
    for (const id of ['far-x', 'test-z', 'test-pad']) expect(index.has(`space:${id}`)).toBe(false);
    expect(index.get('space:near-x')).toMatchObject([{ version: '2.0.0' }]);
  });

  it('finds the plugins that are installed beside this package, from anywhere', () => {
    using folder = temporaryFolder();
    expect(installedPlugins(folder.path).has('space:toy-bits')).toBe(true);
  });

  it('imports nothing, and passes over packages that are broken', () => {
    using folder = temporaryFolder();
    install(folder.path, {
      'archer-plugin-good': { lists: ['space:test-good'], source: 'throw new Error("ran")' },
      'archer-plugin-broken': { lists: ['space:test-broken'] },
      'archer-plugin-odd': { lists: 'space:test-odd' as never, source: '' },
    });
    const modules = join(folder.path, 'node_modules');
    writeFileSync(join(modules, 'archer-plugin-broken', 'package.json'), '{"name": ');
    mkdirSync(join(modules, 'archer-plugin-empty'));
    writeFileSync(join(modules, '@file'), '');
    const index = installedPlugins(folder.path);
    expect(index.has('space:test-good')).toBe(true);
    expect(index.has('space:test-broken') || index.has('space:test-odd')).toBe(false);
  });

  it('follows the links of a workspace', async () => {
    using folder = temporaryFolder();
    install(join(folder.path, 'elsewhere'), { real: { lists: ['space:test-linked'] } });
    mkdirSync(join(folder.path, 'node_modules'));
    symlinkSync(
      join(folder.path, 'elsewhere', 'node_modules', 'real'),
      join(folder.path, 'node_modules', 'archer-plugin-linked'),
    );
    const lookup = pluginLookup(installedPlugins(folder.path));
    expect((await lookup('space', 'test-linked')).package).toBe('archer-plugin-linked');
  });
});

describe('R42 pluginLookup', () => {
  it('imports a package when one of its plugins is asked for, once', async () => {
    using folder = temporaryFolder();
    const lookup = lookupIn(folder, {
      'archer-plugin-a': { lists: ['space:test-a', 'sampler:test-a'], version: '1.2.3' },
    });
    const before = imported().length;
    const found = await lookup('sampler', 'test-a');
    expect(found).toMatchObject({ package: 'archer-plugin-a', version: '1.2.3' });
    expect(found.plugin).toMatchObject({ kind: 'sampler', id: 'test-a' });
    await lookup('space', 'test-a');
    expect(imported().slice(before)).toHaveLength(1);
  });

  it('suggests a name that is alike', async () => {
    using folder = temporaryFolder();
    const lookup = lookupIn(folder, { 'archer-plugin-a': { lists: ['space:test-alpha'] } });
    await expect(lookup('space', 'test-alhpa')).rejects.toMatchObject({
      code: 'ARCHER_PLUGIN_UNKNOWN',
      exit: 3,
      hint: expect.stringContaining('Did you mean "test-alpha"?'),
    });
    await expect(lookup('sampler', 'test-alpha')).rejects.toMatchObject({
      message: 'There is no installed sampler plugin "test-alpha".',
    });
  });

  it('names both packages that have a plugin', async () => {
    using folder = temporaryFolder();
    const lookup = lookupIn(folder, {
      'archer-plugin-a': { lists: ['space:test-twice'] },
      '@me/archer-plugin-a': { lists: ['space:test-twice'], version: '2.0.0' },
    });
    await expect(lookup('space', 'test-twice')).rejects.toMatchObject({
      code: 'ARCHER_PLUGIN_AMBIGUOUS',
      message: expect.stringMatching(
        /archer-plugin-a@2\.0\.0 in [\s\S]*archer-plugin-a@1\.0\.0 in /,
      ),
    });
  });

  it.each([
    '',
    '.',
    '../archer-plugin-a',
    '/etc/passwd',
    'archer-plugin-a',
    'node:fs',
    '__proto__',
  ])('takes the id %j as a name, never as a path', async (id) => {
    using folder = temporaryFolder();
    const lookup = lookupIn(folder, { 'archer-plugin-a': { lists: ['space:test-a'] } });
    const before = imported().length;
    await expect(lookup('space', id)).rejects.toMatchObject({ code: 'ARCHER_PLUGIN_UNKNOWN' });
    expect(imported()).toHaveLength(before);
  });

  it('R48 refuses another core, without importing', async () => {
    using folder = temporaryFolder();
    const lookup = lookupIn(folder, {
      'archer-plugin-new': { lists: ['space:test-new'], core: '^99.0.0' },
      'archer-plugin-fits': { lists: ['space:test-fits'], core: `^${coreVersion()}` },
    });
    const before = imported().length;
    await expect(lookup('space', 'test-new')).rejects.toMatchObject(
      refused(/archer-plugin-new@1\.0\.0 needs @archer-nas\/core \^99\.0\.0, but .* is running/),
    );
    expect(imported()).toHaveLength(before);
    await expect(lookup('space', 'test-fits')).resolves.toBeDefined();
  });

  it.each([
    [
      'does not export what it lists',
      { has: ['space:test-b'] },
      /lists space:test-a .* has space:test-b/,
    ],
    ['exports nothing', { source: 'export const a = 1;' }, /default export has no plugin/],
    [
      'exports something else',
      { source: 'export default { kind: "space", id: "test-a" };' },
      /no plugin/,
    ],
    [
      'throws at import',
      { source: 'throw new Error("no licence");' },
      /cannot be imported: no licence/,
    ],
    ['throws no error', { source: 'throw "no licence";' }, /cannot be imported: no licence/],
    ['does not parse', { source: 'export default {' }, /cannot be imported: /],
    [
      'speaks another plugin API',
      {
        source: `export default { apiVersion: 99, kind: 'space', id: 'test-a',
          [Symbol.for('@archer-nas/core/plugin@1')]: true };`,
      },
      /speaks plugin API 99/,
    ],
  ])('refuses a package that %s', async (_, entry, message) => {
    using folder = temporaryFolder();
    const lookup = lookupIn(folder, { 'archer-plugin-a': { lists: ['space:test-a'], ...entry } });
    await expect(lookup('space', 'test-a')).rejects.toMatchObject(refused(message));
  });
});
