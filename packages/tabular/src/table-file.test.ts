import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { EXIT, sha256Hex } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';

import { temporaryFolder } from '../test/temporary-folder.ts';
import { TOY, toySlice } from '../test/toy-table.ts';
import { readTableFile, type TablePlaces, tablePath } from './table-file.ts';

const TABLE_PATH = tablePath(TOY);
const readTable = async (places: TablePlaces, ...accepted: string[]) =>
  readTableFile(TOY, TOY.files[0], { places, accepted });
const slice = toySlice(3);
const packed = gzipSync(slice);

async function put(folder: string, content: Uint8Array | string = packed): Promise<string> {
  await mkdir(join(folder, TOY.id), { recursive: true });
  await writeFile(join(folder, TABLE_PATH), content);
  return folder;
}

describe('readTableFile', () => {
  it('reads the data folder, and accepts the hash of the file or of its text', async () => {
    const data = await put(await temporaryFolder());
    const places = { folders: { data, manifest: data } };
    for (const hash of [sha256Hex(packed), sha256Hex(slice), sha256Hex(packed).toUpperCase()]) {
      const file = await readTable(places, hash);
      expect(file.text).toBe(slice);
      expect(file.hash).toBe(sha256Hex(slice));
      expect(file.known).toBeUndefined();
    }
  });

  it('falls back on the folder of tables that the environment names', async () => {
    const tables = await put(await temporaryFolder());
    const empty = await temporaryFolder();
    const places = { folders: { data: empty, manifest: empty }, tables };
    expect((await readTable(places, sha256Hex(slice))).path).toBe(join(tables, TABLE_PATH));
  });

  it('takes a named file relative to the manifest, plain or packed, and no other', async () => {
    const data = await put(await temporaryFolder());
    const manifest = await temporaryFolder();
    const places = { file: './mine.csv', folders: { data, manifest } };
    await expect(readTable(places, sha256Hex(slice))).rejects.toThrow(/mine\.csv/);
    await writeFile(join(manifest, 'mine.csv'), slice);
    expect((await readTable(places, sha256Hex(slice))).path).toBe(join(manifest, 'mine.csv'));
  });

  it('says how to get the table where there is none', async () => {
    const data = await temporaryFolder();
    const error = await readTable({ folders: { data, manifest: data } }).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'ARCHER_DATA_MISSING', exit: EXIT.data });
    const { hint } = error as { hint: string };
    for (const way of ['archer data fetch toy', '--data', 'ARCHER_DATA']) {
      expect(hint).toContain(way);
    }
  });

  it('refuses an unknown table and says its hash', async () => {
    const data = await put(await temporaryFolder());
    const reading = readTable({ folders: { data, manifest: data } });
    await expect(reading).rejects.toMatchObject({
      code: 'ARCHER_DATA_CORRUPT',
      message: expect.stringContaining(sha256Hex(packed)),
      hint: expect.stringContaining(`sha256: ${sha256Hex(packed)}`),
    });
  });

  it('takes one of several hashes, and none besides', async () => {
    const data = await put(await temporaryFolder());
    const places = { folders: { data, manifest: data } };
    const other = 'a'.repeat(64);
    expect((await readTable(places, other, sha256Hex(slice))).text).toBe(slice);
    await expect(readTable(places, other)).rejects.toThrow(`not ${other}`);
  });

  it('needs no hash of a further file that is known', async () => {
    const data = await put(await temporaryFolder());
    await writeFile(join(data, tablePath(TOY, 'scores.csv.gz')), packed);
    const known = [{ sha256: sha256Hex(slice), name: 'scores' }];
    const scores = { ...(TOY.files[1] ?? expect.fail()), known };
    const places = { folders: { data, manifest: data } };
    const accepted = ['a'.repeat(64)];
    expect(readTableFile(TOY, scores, { places, accepted }).known).toBe('scores');
  });

  it.each([
    ['a truncated gzip', packed.subarray(0, packed.length - 9), /no whole gzip file/],
    ['a gzip of far too much', gzipSync(Buffer.alloc(257 * 2 ** 20)), /unpacks to more than/],
    ['a huge file', Buffer.alloc(65 * 2 ** 20), /no table is over/],
  ])('refuses %s', async (_, content, reason) => {
    const data = await put(await temporaryFolder(), content);
    const reading = readTable({ folders: { data, manifest: data } });
    await expect(reading).rejects.toThrow(reason);
  });

  it('refuses a folder in the place of the file', async () => {
    const data = await temporaryFolder();
    await mkdir(join(data, TABLE_PATH), { recursive: true });
    const reading = readTable({ folders: { data, manifest: data } });
    await expect(reading).rejects.toMatchObject({ code: 'ARCHER_DATA_CORRUPT' });
  });
});
