import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Benchmark, type Dependencies, type Maker, sha256Hex } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';

import { temporaryFolder } from '../test/temporary-folder.ts';
import { TOY, toy, toySlice, toySpace } from '../test/toy-table.ts';
import { tablePlugin } from './plugin.ts';
import type { TableDefinition } from './table-definition.ts';

const slice = toySlice(5);
const file = { file: 'slice.csv', sha256: sha256Hex(slice) };

function maker(definition: TableDefinition = TOY): Maker {
  const summary = 'A toy.';
  return tablePlugin({ definition, summary, column: 'valid_16' }) as unknown as Maker;
}

/** The toy with a content that it knows. */
function known(text: string): TableDefinition {
  const [first, ...further] = TOY.files;
  const content = { sha256: sha256Hex(text), name: 'the slice' };
  return { ...TOY, files: [{ ...first, known: [content] }, ...further] };
}

async function create(block: object, purpose: Dependencies['purpose'] = 'study') {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'slice.csv'), slice);
  const folders = { data: folder, manifest: folder };
  const deps = { space: toySpace, folders, purpose } as unknown as Dependencies;
  const { options, create } = maker();
  return (await create(options.parse(block), deps)) as Benchmark<readonly number[]>;
}

describe('tablePlugin', () => {
  it('is named after the definition and needs its notation', () => {
    expect(maker()).toMatchObject({ id: 'bench-toy', requires: ['space', 'notation:toy'] });
  });

  it('reads the file that the block names', async () => {
    const benchmark = await create(file);
    expect(benchmark.column.name).toBe('valid_16');
    expect(benchmark.hash).toBe(sha256Hex(slice));
    await expect(create({ file: 'slice.csv' })).rejects.toThrow(/none of the known tables/);
  });

  it('reads the file that the package brings where no data folder has it', async () => {
    const [bundled, data] = [await temporaryFolder(), await temporaryFolder()];
    await writeFile(join(bundled, TOY.files[0].file), slice);
    const definition = known(slice);
    const url = pathToFileURL(`${bundled}/`);
    const plugin = tablePlugin({ definition, summary: '', column: 'valid_16', bundled: url });
    const { options, create } = plugin as unknown as Maker;
    const folders = { data, manifest: data };
    const deps = { space: toySpace, folders, purpose: 'study' } as unknown as Dependencies;
    const open = async () => (await create(options.parse({}), deps)) as Benchmark<unknown>;
    expect((await open()).hash).toBe(sha256Hex(slice));
    await mkdir(join(data, TOY.id));
    await writeFile(join(data, TOY.id, TOY.files[0].file), `${slice}x`);
    await expect(open(), "a user's own comes first").rejects.toThrow(/none of the known tables/);
  });

  it('refuses a search the test column', async () => {
    const block = { ...file, column: 'test_16' };
    await expect(create(block, 'search')).rejects.toMatchObject({ code: 'ARCHER_TEST_WITHHELD' });
  });

  it('takes a permit only where the published table has test accuracies alone', () => {
    const permit = { permit: 'test-column' };
    expect(maker().options.safeParse(permit).success).toBe(false);
    expect(maker({ ...TOY, testOnly: true }).options.safeParse(permit).success).toBe(true);
  });

  it('makes values up where it is told to, and says so', async () => {
    const benchmark = await create({ values: 'made-up' });
    expect(benchmark.description).toContain('27 of 27 architectures');
    expect(benchmark.description).toContain('made-up values, no result');
    expect(benchmark.value(toy(26))).toBe((await create({ values: 'made-up' })).value(toy(26)));
    expect(benchmark.columns.map(({ name }) => name)).not.toContain('score_a');
    expect(() => benchmark.value(toy(0), 'score_a')).toThrow(/no made-up values of scores/);
  });
});
