import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Block, type Kind, resolveAlone } from '@archer-nas/core';
import { expect, it } from 'vitest';

import { loadInstalled } from './installed.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../../docs/strategies.md'), 'utf8');

/** Rows of the page's tables by the id in the first cell: what stands under each heading. */
const rows = new Map<string, Record<string, string>>();
for (const table of page.split('\n\n').filter((block) => block.startsWith('| '))) {
  const [heads = [], , ...lines] = table.split('\n').map(cellsOf);
  for (const cells of lines) {
    const id = /`([a-z0-9-]+)`/.exec(cells[0] ?? '')?.[1];
    if (id !== undefined)
      rows.set(id, Object.fromEntries(heads.map((head, i) => [head, cells[i] ?? ''])));
  }
}

function cellsOf(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

const { ids, lookup } = await loadInstalled(import.meta.dirname);

/** The plugin that an id of the page comes to, presets expanded. */
const partOf = async (kind: Kind, use: string): Promise<string> =>
  (await resolveAlone(kind, { use }, lookup)).use;

const PARTS: Readonly<Record<string, { kind: Kind; own?: string }>> = {
  paths: { kind: 'paths', own: 'uniform' },
  order: { kind: 'order', own: 'shuffle' },
  gradient: { kind: 'gradient' },
  split: { kind: 'split' },
  weights: { kind: 'weights' },
  search: { kind: 'sampler' },
  relaxation: { kind: 'relaxation' },
  sampler: { kind: 'sampler' },
};

/** Loops of their own, and `enas-language`, which the page has in its text. */
const TEXT = ['one-shot', 'one-shot-language', 'enas-language', 'bilevel', 'search', 'repeat'];

it('docs/strategies.md has every strategy, and says what it puts into its loop', async () => {
  for (const id of ids.get('strategy') ?? []) {
    if (TEXT.includes(id)) {
      expect(page).toContain(`\`${id}\``);
      continue;
    }
    const row = rows.get(id);
    expect(row, id).toBeDefined();
    const block = await resolveAlone('strategy', { use: id }, lookup);
    for (const [part, { kind, own }] of Object.entries(PARTS)) {
      const cell = row?.[part]?.replaceAll('`', '');
      if (cell === undefined) continue; // a table of the other loop
      const there = (block[part] as Block | undefined)?.use;
      const told = cell === '' ? own : await partOf(id === 'enas' ? 'sampler' : kind, cell);
      expect(there, `${part} of ${id}`).toBe(told);
    }
  }
});

it('docs/strategies.md has every modifier', () => {
  for (const id of ids.get('modifier') ?? []) expect(rows.get(id), id).toBeDefined();
});
