// @ts-check
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dynamicCode } from './dynamic-code.mjs';

describe('R43 what packages ship', () => {
  /** @type {string} */
  let root;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'archer-dynamic-'));
    plant('packages/core/src/index.ts', 'export const evaluation = 1;\n');
    plant('plugins/spos/src/index.ts', "export { x } from './x.ts';\n");
  });
  afterEach(() => rmSync(root, { recursive: true }));

  /** @param {string} file @param {string} text */
  function plant(file, text) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }

  it('never runs what it reads', () => {
    expect(dynamicCode(resolve(import.meta.dirname, '../..'))).toEqual([]);
  });

  it.each([
    ['eval', 'const x = eval(text);'],
    ['eval', 'globalThis.eval(text);'],
    ['eval', 'new Worker(text, { eval: true });'],
    ['code from text', "new Function('a', text)"],
    ['code from text', 'const f = Function(text);'],
    ['code from text', "[].constructor.constructor('return 1')"],
    ['a timer with text', "setTimeout('evil()', 1);"],
    ['node:vm', "import { runInNewContext } from 'node:vm';"],
    ['node:vm', "const vm = require('vm');"],
    ['a shell', "import { exec } from 'node:child_process';"],
    ['a shell', "import { spawn, execSync } from 'child_process';"],
    ['a shell', "require('child_process').exec(text);"],
    ['a shell', 'spawn(command, { shell: true });'],
    ['a pickle', "import { load } from 'pickleparser';"],
    ['a pickle', 'const table = unpickle(bytes);'],
    ['an archive', "import Zip from 'adm-zip';"],
    ['an import of a computed name', 'const plugin = await import(name);'],
    ['an import of a computed name', "return import('./' + name);"],
  ])('is named where it could: %s in %j', (what, code) => {
    plant('plugins/spos/src/evil.ts', `// a comment\n${code}\n`);
    expect(dynamicCode(root)).toEqual([`plugins/spos/src/evil.ts:2: ${what}`]);
  });

  it.each([
    '// eval(text) would run it',
    '/* new Function(text) */',
    'model.eval();',
    'const evaluate = (a) => evaluator(a);',
    "import { execFileSync } from 'node:child_process';",
    "const { create } = await import('@archer-nas/engine-native');",
    "const text = 'a pickle can run any code';",
    'spawn(command, args, { shell: false });',
  ])('may say %j', (code) => {
    plant('plugins/spos/src/fine.ts', code);
    expect(dynamicCode(root)).toEqual([]);
  });

  it('is not its tests', () => {
    plant('plugins/spos/src/evil.test.ts', 'eval(text);');
    expect(dynamicCode(root)).toEqual([]);
  });
});
