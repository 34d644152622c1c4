import { createHash } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { archer, archerJson, temporaryFolder } from '../../test/archer.ts';

/** One line of the public table; its values are made up. */
const TABLE = [
  'CIFAR10TestAccuracy200Epochs,CIFAR100TestAccuracy200Epochs,ImageNetTestAccuracy200Epochs,ArchitectureString,UniqueString',
  '91.25,70.5,44.75,|avg_pool_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|nor_conv_1x1~0|skip_connect~1|skip_connect~2|,#',
  '',
].join('\n');

function tableFile(): { readonly file: string; readonly sha256: string } {
  const file = join(temporaryFolder(), 'table.csv');
  writeFileSync(file, TABLE);
  return { file, sha256: createHash('sha256').update(TABLE).digest('hex') };
}

describe('archer data', () => {
  it('fetches a table from a file, and lists it then', async () => {
    const folder = temporaryFolder();
    const { file, sha256 } = tableFile();
    const fetch = ['data', 'fetch', 'nas-bench-201', '--data', folder, '--file', file];
    const said = await archer(...fetch, '--sha256', sha256);
    expect(said.code).toBe(0);
    expect(said.out).toContain('nb201.csv.gz: 1 architectures');
    const { value } = await archerJson('data', 'list', '--data', folder);
    expect(value).toEqual({ folder, sets: ['nas-bench-201'] });
  });

  it('refuses a table of another hash with exit code 5 and writes nothing', async () => {
    const folder = temporaryFolder();
    const { file, sha256 } = tableFile();
    const fetch = ['data', 'fetch', 'nas-bench-201', '--data', folder, '--file', file];
    const said = await archer(...fetch);
    expect(said).toMatchObject({ code: 5, out: '' });
    expect(said.err).toContain(`--sha256 ${sha256}`);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('names a file that is not there', async () => {
    const own = ['--data', temporaryFolder()]; // the user's may have the table
    const said = await archer('data', 'fetch', 'nas-bench-201', ...own, '--file', 'nowhere.csv');
    expect(said).toMatchObject({ code: 5, err: expect.stringContaining('no file nowhere.csv') });
  });

  it('imports a table of the user, and says its hash', async () => {
    const folder = temporaryFolder();
    const { file } = tableFile();
    const said = await archer('data', 'import', 'nas-bench-201', '--data', folder, '--file', file);
    expect(said.code).toBe(0);
    expect(said.out).toMatch(/nb201.csv.gz: 1 architectures, sha256 [0-9a-f]{64}/);
    expect(said.err).toContain('manifests that read it need sha256:');
  });

  it('names the script that converts the official files, which it never loads', async () => {
    const file = join(temporaryFolder(), 'NAS-Bench-201-v1_1-096897.pth');
    writeFileSync(file, Uint8Array.of(0x80, 2, 0x8a, 10));
    const said = await archer('data', 'import', 'nas-bench-201', '--file', file);
    expect(said).toMatchObject({ code: 5, out: '' });
    expect(said.err).toContain('tools/convert/nats-bench.py');
  });

  it('imports files alone, and only where there is a table', async () => {
    expect((await archer('data', 'import', 'nas-bench-201')).err).toContain('--file FILE');
    expect((await archer('data', 'import', 'cifar10', '--file', 'x')).err).toContain(
      'cifar10 imports nothing',
    );
  });
});
