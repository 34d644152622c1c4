import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { packagesWithoutRows } from './rows.mjs';

it('finds every plugin of this repository in the conformance kit', () => {
  expect(packagesWithoutRows(resolve(import.meta.dirname, '../..'))).toEqual([]);
});

it('finds a package whose plugins no row checks', () => {
  const root = mkdtempSync(join(tmpdir(), 'archer-rows-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const write = (/** @type {string} */ name, /** @type {string} */ test) => {
    const folder = join(root, 'plugins', name);
    mkdirSync(join(folder, 'src'), { recursive: true });
    const archer = { plugins: [`sampler:${name}`] };
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, archer }));
    writeFileSync(join(folder, 'src/conformance.test.ts'), test);
  };
  mkdirSync(join(root, 'packages'));
  write('checked', 'describePackage({});\n');
  write('unchecked', '// describePackage(kit);\ndescribeSampler({});\n');
  expect(packagesWithoutRows(root)).toEqual([
    'plugins/unchecked/src/conformance.test.ts does not call describePackage for sampler:unchecked',
  ]);
});
