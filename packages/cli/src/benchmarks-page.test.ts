import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

import { loadInstalled } from './installed.ts';

const page = readFileSync(
  resolve(import.meta.dirname, '../../../docs/tabular-benchmarks.md'),
  'utf8',
);

it('docs/tabular-benchmarks.md has a row for every benchmark, and the space that it needs', async () => {
  const { ids, lookup } = await loadInstalled(import.meta.dirname);
  const provided = await Promise.all(
    (ids.get('space') ?? []).map(async (id) => {
      const { plugin } = await lookup('space', id);
      return { id, provides: 'provides' in plugin ? (plugin.provides ?? []) : [] };
    }),
  );
  for (const id of ids.get('benchmark') ?? []) {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${id}\` |`)) ?? '';
    const { plugin } = await lookup('benchmark', id);
    const needs = 'requires' in plugin ? (plugin.requires ?? []) : [];
    const notation = needs.find((one) => one.startsWith('notation:')) ?? '';
    const spaces = provided.filter(({ provides }) => provides.includes(notation));
    expect(spaces, id).not.toEqual([]);
    for (const space of spaces) expect(row, id).toContain(`\`${space.id}\``);
  }
});
