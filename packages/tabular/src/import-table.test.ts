import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

import { sha256Hex } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';

import { temporaryFolder } from '../test/temporary-folder.ts';
import { publicSlice, TOY, toyKeys, toySlice } from '../test/toy-table.ts';
import { importTable } from './import-table.ts';
import { madeUpCsv } from './made-up.ts';
import { openTable } from './table.ts';
import { tablePath } from './table-file.ts';

const slice = toySlice(4);
const [, scores = expect.fail()] = TOY.files;

async function attempt(content: string | Uint8Array, name = 'mine.csv', sha256?: string) {
  const folder = await temporaryFolder();
  const to = join(folder, 'data');
  const file = join(folder, name);
  await mkdir(to);
  await writeFile(file, content);
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  const again = () => importTable(TOY, { to, file, log, ...(sha256 && { sha256 }) });
  const outcome = await again().catch((error: unknown) => error);
  const left = (await readdir(to, { recursive: true })).filter((one) => one !== TOY.id);
  return { to, file, outcome, left, lines, again };
}

describe('importTable', () => {
  it('puts a table in place, from which it can be read with its hash', async () => {
    for (const content of [slice, gzipSync(slice)]) {
      const { to, outcome, left, lines } = await attempt(content);
      expect(outcome).toMatchObject({ rows: 4, hash: sha256Hex(slice), known: undefined });
      expect(left).toEqual([tablePath(TOY)]);
      expect(lines.join('\n')).toContain(`sha256: ${sha256Hex(slice)}`);
      const places = { folders: { data: to, manifest: to } };
      expect(openTable(TOY, places, [sha256Hex(slice)]).rows).toBe(4);
      expect(() => openTable(TOY, places)).toThrow(/none of the known/);
    }
  });

  it('finds out which of the files it is', async () => {
    const { left } = await attempt(madeUpCsv(scores, toyKeys(scores, 3)));
    expect(left).toEqual([tablePath(TOY, 'scores.csv.gz')]);
  });

  it('takes a published content to its own file, though another has the same layout', async () => {
    const text = madeUpCsv(scores, toyKeys(scores, 3));
    const twin = {
      ...scores,
      file: 'twin.csv.gz',
      known: [{ sha256: sha256Hex(text), name: 'twin' }],
    };
    const to = await temporaryFolder();
    const file = join(to, 'mine.csv');
    await writeFile(file, text);
    const definition = { ...TOY, files: [TOY.files[0], scores, twin] as const };
    const { path } = await importTable(definition, { to, file, log: () => undefined });
    expect(path).toBe(join(to, tablePath(TOY, 'twin.csv.gz')));
  });

  it('converts the public table', async () => {
    const { to, left } = await attempt(publicSlice(4));
    expect(left).toEqual([tablePath(TOY)]);
    expect(gunzipSync(await readFile(join(to, tablePath(TOY)))).toString()).toBe(slice);
  });

  it('does the same again, but never writes over another content', async () => {
    const { to, file, again } = await attempt(slice);
    expect(await again()).toMatchObject({ rows: 4 });
    await writeFile(file, toySlice(5));
    await expect(again()).rejects.toThrow(/There is another file at .* Nothing was written/);
    expect(openTable(TOY, { folders: { data: to, manifest: to } }, [sha256Hex(slice)]).rows).toBe(
      4,
    );
  });

  it.each<[string, string, Uint8Array]>([
    ['NATS-tss.pickle.pbz2', 'a bzip2 file', Buffer.from('BZh91AY&SY')],
    ['benchmark.pth', 'a zip archive, as torch saves', Buffer.from('PK\u0003\u0004....')],
    ['records', 'a pickle', Uint8Array.of(0x80, 4, 0x95, 2)],
    ['legacy.csv', 'a pickle', Uint8Array.of(0x80, 2, 0x8a, 10)],
    ['simple.tar', 'a tar archive', Buffer.from(`${' '.repeat(257)}ustar`)],
    ['table.pkl', 'a .pkl file', Buffer.from('(lp0')],
  ])('names %s as %s, which it does not load', async (name, form, content) => {
    const { outcome, left } = await attempt(content, name);
    expect(outcome).toMatchObject({
      code: 'ARCHER_DATA_PICKLE',
      message: expect.stringContaining(`${name} is ${form}.`),
      hint: expect.stringContaining('archer data import toy --file FILE.csv'),
    });
    expect(left).toEqual([]);
  });

  it('names a folder of pickles, and the script that converts them', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, '000011.pickle.pbz2'), 'BZh9');
    const definition = { ...TOY, convert: 'python3 convert.py FOLDER toy.csv' };
    const options = { to: folder, file: folder, log: () => undefined };
    await expect(importTable(definition, options)).rejects.toMatchObject({
      message: expect.stringContaining('a folder of pickles'),
      hint: expect.stringContaining('python3 convert.py FOLDER toy.csv; then archer data import'),
    });
  });

  it.each<[string, string, RegExp]>([
    ['no table', 'a,b\n1,2\n', /begins with "a,b", which is no header of a Toy-Bench file/],
    ['a wrong line', slice.replace('0-0-2', '0-2-0'), /mine.csv, line 4: index 2 is 0-0-2/],
  ])('refuses %s and writes nothing', async (_, content, reason) => {
    const { outcome, left } = await attempt(content);
    expect(outcome).toMatchObject({
      code: 'ARCHER_DATA_CORRUPT',
      message: expect.stringMatching(reason),
    });
    expect(left).toEqual([]);
  });

  it('refuses another hash than the user states', async () => {
    const { outcome, left } = await attempt(slice, 'mine.csv', 'a'.repeat(64));
    expect(outcome).toMatchObject({ code: 'ARCHER_DATA_CORRUPT' });
    expect(left).toEqual([]);
    expect((await attempt(slice, 'mine.csv', sha256Hex(slice))).outcome).toHaveProperty('path');
  });
});
