import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Block } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { archer, temporaryFolder } from '../test/archer.ts';
import { type Blocks, type Fit, findFit, fitMatrix } from './compatibility.ts';
import { loadInstalled } from './installed.ts';

/** The smallest options that run; a plugin that the matrix uses needs a row here. */
const TINY: Readonly<Record<string, object>> = {
  'space darts': {},
  'space fbnet': {},
  'space nas-bench-101': {},
  'space nas-bench-201': { channels: 4, cells: 1 },
  'space nas-bench-macro': {},
  'space nats-size': {},
  'space trans-nas-bench-101-macro': {},
  'space trans-nas-bench-101-micro': {},
  'data synthetic': { train: 32, valid: 32, test: 32, batch: 16 },
  'evaluator cost': {},
  'evaluator train': { epochs: 1 },
  'strategy darts': { epochs: 1 },
  'strategy one-shot': { epochs: 1 },
  'strategy pa-da': { epochs: 1 },
  'strategy random': { evaluations: 1 },
  'strategy repeat': { times: 1, arms: [{ use: 'random', evaluations: 1 }] },
  'strategy search': { evaluations: 1 },
  'strategy spos': { epochs: 1, search: { use: 'random' }, evaluation: { searchEvaluations: 2 } },
};

const installed = await loadInstalled(import.meta.dirname);
const matrix = await fitMatrix(installed.ids, installed.lookup);
const fits = [...matrix].flatMap(([strategy, row]) =>
  [...row].flatMap(([space, fit]) => (fit.fits ? [{ strategy, space, ...fit }] : [])),
);

function tiny(kind: string, use: string): Block {
  const options = TINY[`${kind} ${use}`];
  if (options === undefined) throw new Error(`${kind} "${use}" has no row in TINY`);
  return { use, ...options };
}

describe('archer list --fits', () => {
  it('has every strategy and every space', () => {
    expect([...matrix.keys()]).toEqual(installed.ids.get('strategy'));
    for (const row of matrix.values()) expect([...row.keys()]).toEqual(installed.ids.get('space'));
  });

  it.each(fits)('does not lie: $strategy runs on $space', async (fit) => {
    const { strategy, space, data, evaluator } = fit;
    const folder = temporaryFolder();
    const blocks: Blocks = {
      ...{ space: tiny('space', space), strategy: tiny('strategy', strategy) },
      ...(data && { data: tiny('data', data) }),
      ...(evaluator && { evaluator: tiny('evaluator', evaluator) }),
    };
    const file = join(folder, 'manifest.json');
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
