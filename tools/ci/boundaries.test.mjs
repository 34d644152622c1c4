// @ts-check
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { forbiddenImports } from './boundaries.mjs';

describe('import boundaries', () => {
  /** @type {string} */
  let root;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'archer-boundaries-'));
    plant('packages/core/src/index.ts', "export * from './space.ts';\n");
    plant('plugins/spos/src/index.ts', "import { tf } from '@archer-nas/nn';\n");
  });
  afterEach(() => rmSync(root, { recursive: true }));

  /** @param {string} file @param {string} text */
  function plant(file, text) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }

  it('holds for this repository', () => {
    expect(forbiddenImports(resolve(import.meta.dirname, '../..'))).toEqual([]);
  });

  it('passes allowed imports and comments', () => {
    plant(
      'plugins/spos/src/a.ts',
      "// import '@archer-nas/runtime'\n/* from '@archer-nas/cli' */\n",
    );
    expect(forbiddenImports(root)).toEqual([]);
  });

  it.each([
    ['core needs tensors', 'packages/core/src/x.ts', "import { tf } from '@archer-nas/engine';"],
    [
      'a policy needs tensors',
      'packages/controller/src/x.ts',
      "import { tf } from '@archer-nas/nn';",
    ],
    ['a plugin imports another', 'plugins/pa-da/src/x.ts', "import x from '@archer-nas/spos';"],
    [
      'a plugin starts a run',
      'plugins/pa-da/src/x.ts',
      "import { run } from '@archer-nas/runtime';",
    ],
    [
      'a plugin binds by itself',
      'plugins/pa-da/src/x.ts',
      "import { Container } from 'inversify';",
    ],
    ['a type-only import', 'packages/core/src/x.ts', "import type { X } from '@archer-nas/nn';"],
    ['a dynamic import', 'packages/core/src/x.ts', "const x = await import('@archer-nas/nn');"],
    ['a deep import', 'plugins/pa-da/src/x.ts', "import { x } from '@archer-nas/nn/src/sgd.ts';"],
    [
      'a way out of the package',
      'plugins/pa-da/src/x.ts',
      "import { x } from '../../spos/src/a.ts';",
    ],
    ['a re-export', 'packages/nn/src/x.ts', "export * from '@archer-nas/runtime';"],
  ])('finds it when %s', (_, file, text) => {
    plant(file, `${text}\n`);
    expect(forbiddenImports(root)).toHaveLength(1);
  });
});
