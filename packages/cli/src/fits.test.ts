import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resolveManifest } from '@archer-nas/core';
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

describe('what looks at the loss around α', () => {
  const resolved = (study: readonly object[], strategy: object) => {
    const rest = { name: 'looks', seeds: [0], profiles: {}, expect: [] };
    const blocks = { space: { use: 'nas-bench-201' }, data: { use: 'synthetic' }, strategy, study };
    return resolveManifest({ ...rest, ...blocks } as never, installed.lookup);
  };
  const hessian = { use: 'hessian', images: 4 };

  it.each([
    ['gdas', [hessian], {}],
    ['snas', [{ use: 'loss-landscape' }], {}],
    ['gdas', [], { with: [{ use: 'darts-es' }] }],
  ])('is refused of %s, which has none, before anything is computed', async (use, study, more) => {
    await expect(resolved(study, { use, ...more })).rejects.toThrow(/requires view:relaxed/);
  });

  it.each(['darts', 'nasp', 'setn', 'dso-nas'])('may look at that of %s', async (use) => {
    await expect(resolved([hessian], { use })).resolves.toBeDefined();
  });
});

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

  it('shows a tick for what fits, and how to see why the rest does not', async () => {
    const { out } = await archer('list', '--fits');
    for (const { strategy } of fits) expect(out).toMatch(new RegExp(`^${strategy} .*✓`, 'm'));
    const lines = out.trim().split('\n');
    expect(lines).toHaveLength(matrix.size + 3);
    expect(lines.at(-1)).toContain('archer list --fits --strategy NAME');
  });

  it('shows of one strategy, or one space, why it does not run on the others', async () => {
    const strategy = await archer('list', '--fits', '--strategy', 'one-shot-language');
    expect(strategy.out).toMatch(/^one-shot-language on nas-bench-201: \S/m);
    expect(strategy.out).not.toMatch(/^pa-da /m);
    const space = await archer('list', '--fits', '--space', 'enas-rnn');
    expect(space.out).toMatch(/^pa-da on enas-rnn: \S/m);
    expect(space.out).not.toContain('nas-bench-201:');
    expect((await archer('list', '--fits', '--space', 'enas-rn')).err).toContain('"enas-rnn"');
    expect((await archer('list', '--space', 'enas-rnn')).err).toContain('are for --fits');
  });
});
