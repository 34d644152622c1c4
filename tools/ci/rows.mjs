// @ts-check
// Every plugin is a row of the conformance kit: a package that lists plugins has a test file that
// calls `describePackage`, which fails where a plugin of its own has no row.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

/** @param {string} root @returns {string[]} one line per package that the kit does not see */
export function packagesWithoutRows(root) {
  return ['packages', 'plugins'].flatMap((group) => {
    const folder = join(root, group);
    return readdirSync(folder).flatMap((name) => problemOf(root, join(folder, name)));
  });
}

/** @param {string} root @param {string} folder @returns {string[]} */
function problemOf(root, folder) {
  const manifest = join(folder, 'package.json');
  if (!existsSync(manifest)) return [];
  const { archer } = JSON.parse(readFileSync(manifest, 'utf8'));
  if (!archer?.plugins?.length) return [];
  const test = join(folder, 'src/conformance.test.ts');
  const text = existsSync(test) ? readFileSync(test, 'utf8') : '';
  if (/^describePackage\(/m.test(text)) return [];
  return [`${relative(root, test)} does not call describePackage for ${archer.plugins.join(', ')}`];
}

if (process.argv[1] === import.meta.filename) {
  const lines = packagesWithoutRows(resolve(import.meta.dirname, '../..'));
  for (const line of lines) console.error(`no row: ${line}`);
  process.exitCode = lines.length > 0 ? 1 : 0;
}
