import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { archer, temporaryFolder } from '../test/archer.ts';
import { tinyBlocks } from '../test/tiny.ts';
import { type Fit, findFit, fitMatrix } from './compatibility.ts';
import { loadInstalled } from './installed.ts';

const installed = await loadInstalled(import.meta.dirname);
const matrix = await fitMatrix(installed.ids, installed.lookup);
const fits = [...matrix].flatMap(([strategy, row]) =>
  [...row].flatMap(([space, fit]) => (fit.fits ? [{ strategy, space, ...fit }] : [])),
);

describe('archer list --fits', () => {
  it('has every strategy and every space', () => {
    expect([...matrix.keys()]).toEqual(installed.ids.get('strategy'));
    for (const row of matrix.values()) expect([...row.keys()]).toEqual(installed.ids.get('space'));
  });

  it.each(fits)('does not lie: $strategy runs on $space', async (fit) => {
    const folder = temporaryFolder();
    const file = join(folder, 'manifest.json');
    const blocks = await tinyBlocks(fit, installed.lookup);
    writeFileSync(file, JSON.stringify({ name: 'fit', ...blocks }));
    const said = await archer('run', file, '--data', folder);
    expect(said).toMatchObject({ code: 0, err: '' });
  });

  it('puts beside them what needs no download, and an evaluator only where one is needed', () => {
    const fitOf = (strategy: string): Fit | undefined => matrix.get(strategy)?.get('nas-bench-201');
    expect(fitOf('pa-da')).toEqual({ fits: true, data: 'synthetic' });
    expect(fitOf('random')).toEqual({ fits: true, data: 'synthetic', evaluator: 'train' });
  });

  it('keeps to the data set that is asked for, and says why one does not fit', async () => {
    const wanted = { strategy: 'spos', space: 'nas-bench-201' };
    const find = (data: string) => findFit({ ...wanted, data }, installed.ids, installed.lookup);
    expect(await find('cifar10')).toEqual({ fits: true, data: 'cifar10' });
    expect(await find('image-folder')).toMatchObject({
      ...{ fits: false, reason: expect.stringContaining('folder') },
    });
  });

  it('shows a tick for what fits', async () => {
    const { out } = await archer('list', '--fits');
    for (const { strategy } of fits) expect(out).toMatch(new RegExp(`^${strategy} .*✓`, 'm'));
  });
});
