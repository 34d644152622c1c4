import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { rows } from '../../packages/runtime/tools/mutant-rows.mjs';

it.each(rows)('the mutant "$name" finds what it replaces exactly once', (row) => {
  const source = resolve(import.meta.dirname, '../../packages', row.package, 'src', row.file);
  expect(readFileSync(source, 'utf8').split(row.from)).toHaveLength(2);
});
