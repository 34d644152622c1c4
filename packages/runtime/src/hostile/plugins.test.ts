import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { install, type TestPackage } from '../../tools/plugin-folders.ts';
import { temporaryFolder } from '../../tools/temporary-folder.ts';
import { installedPlugins } from '../plugin-index.ts';
import { pluginLookup } from '../plugin-lookup.ts';
import { planRun } from '../run-plan.ts';

const NAME = 'archer-plugin-evil';
const BRAND = "Symbol.for('@archer-nas/core/plugin@1')";

/** Looks up `space:evil`, which the package lists. */
async function lookUp(changes: Partial<TestPackage>): Promise<unknown> {
  using folder = temporaryFolder();
  install(folder.path, { [NAME]: { lists: ['space:evil'], ...changes } });
  return await pluginLookup(installedPlugins(folder.path))('space', 'evil');
}

const exporting = (members: string): string => `
  export default { apiVersion: 1, kind: 'space', id: 'evil', [${BRAND}]: true, ${members} };
`;

describe('R42 a plugin package', () => {
  it.each([
    ['throws an error', "throw new Error('boom')", /cannot be imported: boom/],
    ['throws null', 'throw null', /cannot be imported: null/],
    ['is no JavaScript', '}{', /cannot be imported: Unexpected token/],
    [
      'imports what is not there',
      "import 'nowhere-at-all'",
      /cannot be imported: .*nowhere-at-all/,
    ],
    ['exports nothing', '', /does not export it/],
    ['exports null', 'export default null', /does not export it/],
    ['exports another kind', exporting('').replace("'space'", "'data'"), /does not export it/],
    ['exports a look-alike', exporting('').replace('@1', '@2'), /does not export it/],
    ['exports a plugin without options', exporting('create() {}'), /unfinished space:evil/],
    ['exports one that makes nothing', exporting('options: { safeParse() {} }'), /unfinished/],
    ['speaks another API', exporting('').replace(': 1', ': 9'), /speaks plugin API 9/],
    ['replaces Math.random', 'Math.random = () => 4', /replaces Math\.random/],
    ['replaces the clock', 'Date.now = () => 4', /replaces Date\.now/],
    ['replaces Date', 'globalThis.Date = class {}', /replaces Date/],
    ['adds to every object', 'Object.prototype.evil = 1', /replaces Object\.prototype\.evil/],
    [
      'replaces and throws',
      "Array.prototype.sort = () => []; throw new Error('boom')",
      /cannot be imported: boom/,
    ],
  ])('that %s is refused, and changes nothing', async (_, source, why) => {
    const before = [Math.random, Date, Date.now, Array.prototype.sort];
    await expect(lookUp({ source })).rejects.toMatchObject({
      ...{ code: 'ARCHER_PLUGIN_REFUSED', exit: 3 },
      message: expect.stringMatching(why),
    });
    expect([Math.random, Date, Date.now, Array.prototype.sort]).toEqual(before);
    expect(({} as Record<string, unknown>).evil).toBeUndefined();
  });

  it.each([
    ['another major version of core', '^99.0.0', /needs @archer-nas\/core \^99/],
    ['no range at all', '}{', /needs @archer-nas\/core/],
  ])('that asks for %s is refused before it is imported', async (_, core, why) => {
    const source = "throw new Error('imported')";
    await expect(lookUp({ core, source })).rejects.toMatchObject({
      ...{ code: 'ARCHER_PLUGIN_REFUSED', message: expect.stringMatching(why) },
    });
  });

  it('that has the id of another is refused, naming both', async () => {
    using folder = temporaryFolder();
    const lists = ['space:evil'];
    install(folder.path, { [NAME]: { lists }, 'archer-plugin-other': { lists } });
    const found = pluginLookup(installedPlugins(folder.path))('space', 'evil');
    await expect(found).rejects.toMatchObject({
      ...{ code: 'ARCHER_PLUGIN_AMBIGUOUS', exit: 3 },
      message: expect.stringMatching(/archer-plugin-evil@.*archer-plugin-other@/s),
    });
  });

  it.each([
    '',
    'null',
    '[]',
    '"text"',
    '{"version":1,"archer":{"plugins":["space:evil"]}}',
    '{"version":"1.0.0","archer":null}',
    '{"version":"1.0.0","archer":{"plugins":"space:evil"}}',
    '{"version":"1.0.0","archer":{"plugins":[null,{},3]}}',
    '{"version":"1.0.0","archer":{"plugins":["__proto__:x"]},"peerDependencies":[]}',
    '{"version":"1.0.0","archer":{"plugins":["x:y"]},"peerDependencies":{"@archer-nas/core":{}}}',
    `${'['.repeat(100_000)}`,
  ])('whose package.json is %.60s offers nothing and stops nobody', async (text) => {
    using folder = temporaryFolder();
    const root = join(folder.path, 'node_modules', NAME);
    mkdirSync(root, { recursive: true });
    writeFileSync(join(root, 'package.json'), text);
    const lookup = pluginLookup(installedPlugins(folder.path));
    await expect(lookup('space', 'evil')).rejects.toMatchObject({ code: 'ARCHER_PLUGIN_UNKNOWN' });
  });
});

describe('R42 a plugin id', () => {
  it.each([
    '../evil',
    '/etc/passwd',
    'file:///etc/passwd',
    'data:text/javascript,evil',
    'http://127.0.0.1/evil.js',
    'node:child_process',
    'archer-plugin-evil',
    '__proto__',
    'constructor',
    'a/../evil',
    'evil\0',
    '',
  ])('%j is looked up in the list, never imported', async (id) => {
    using folder = temporaryFolder();
    const source = "throw new Error('imported')";
    install(folder.path, { [NAME]: { lists: ['space:evil'], source } });
    const lookup = pluginLookup(installedPlugins(folder.path));
    await expect(lookup('space', id)).rejects.toMatchObject({ code: 'ARCHER_PLUGIN_UNKNOWN' });
    const manifest = join(folder.path, 'manifest.json');
    const blocks = { name: 'a', space: { use: id }, strategy: { use: 'toy-climb' } };
    writeFileSync(manifest, JSON.stringify(blocks));
    await expect(planRun({ manifest })).rejects.toMatchObject({
      code: expect.stringMatching(/^ARCHER_(MANIFEST|PLUGIN_UNKNOWN)$/),
      exit: 3,
    });
  });
});
