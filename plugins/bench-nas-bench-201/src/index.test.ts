import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type Benchmark, type Dependencies, sha256Hex } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';

import { madeUp, makeSlice } from '../test/make-slice.ts';
import { temporaryFolder } from '../test/temporary-folder.ts';
import plugin from './index.ts';
import { archOf, officialOps } from './notation.ts';

const slice = makeSlice(6);

async function create(block: object, purpose: Dependencies['purpose']) {
  if (!('create' in plugin)) throw new Error('not a maker');
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'slice.csv'), slice);
  const deps = {
    space: { format: (index: number) => archOf(officialOps(index)) },
    folders: { data: folder, manifest: folder },
    purpose,
  };
  const options = plugin.options.parse(block) as never;
  return (await plugin.create(options, deps as unknown as Dependencies)) as Benchmark<number>;
}

describe('plugin bench-nas-bench-201', () => {
  const file = { file: 'slice.csv', sha256: sha256Hex(slice) };

  it('reads CIFAR-10 test accuracy by default', async () => {
    const benchmark = await create(file, 'study');
    expect(benchmark.column.name).toBe('c10_test_200');
    expect(benchmark.value(2)).toBe(madeUp(2, 'c10_test_200'));
    expect(benchmark.hash).toBe(sha256Hex(slice));
  });

  it('refuses a search the default, which is a test column', async () => {
    await expect(create(file, 'search')).rejects.toMatchObject({ code: 'ARCHER_TEST_WITHHELD' });
    const valid = { ...file, column: 'c10_valid_200' };
    expect((await create(valid, 'search')).column.split).toBe('valid');
  });

  it('says that the table is missing with the code that studies fall back on', async () => {
    const creating = create({ file: 'elsewhere.csv.gz' }, 'study');
    await expect(creating).rejects.toMatchObject({ code: 'ARCHER_DATA_MISSING' });
  });

  it('refuses a hash that is none, and unknown options', () => {
    expect(plugin.options.safeParse({ sha256: 'abc' }).success).toBe(false);
    expect(plugin.options.safeParse({ colum: 'c10_test_200' }).success).toBe(false);
  });
});
