import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A package of a test's `node_modules`. */
export interface TestPackage {
  readonly version?: string;
  /** What its package.json lists. */
  readonly lists: readonly string[];
  /** `<kind>:<id>` of what it exports; what it lists unless given. */
  readonly has?: readonly string[];
  /** The range of core that it asks for. */
  readonly core?: string;
  /** Source instead of a generated one. */
  readonly source?: string;
}

/** Installs packages in `<folder>/node_modules`. */
export function install(folder: string, packages: Readonly<Record<string, TestPackage>>): void {
  for (const [name, entry] of Object.entries(packages)) {
    const { version = '1.0.0', lists, core } = entry;
    const root = join(folder, 'node_modules', name);
    mkdirSync(root, { recursive: true });
    const peers = core === undefined ? {} : { peerDependencies: { '@archer-nas/core': core } };
    const manifest = { name, version, type: 'module', exports: './index.js', ...peers };
    const text = JSON.stringify({ ...manifest, archer: { plugins: lists } });
    writeFileSync(join(root, 'package.json'), text);
    writeFileSync(join(root, 'index.js'), entry.source ?? sourceOf(entry.has ?? lists));
  }
}

/** A module whose default export has these plugins, and which tells when it is imported. */
function sourceOf(plugins: readonly string[]): string {
  const made = plugins.map((plugin) => {
    const [kind, id] = plugin.split(':');
    const made = 'options: { safeParse() {} }, create() {}';
    return `{ apiVersion: 1, kind: '${kind}', id: '${id}', [brand]: true, ${made} }`;
  });
  return `
    const brand = Symbol.for('@archer-nas/core/plugin@1');
    (globalThis.importedByTests ??= []).push(import.meta.url);
    export default [${made.join(', ')}];
  `;
}
