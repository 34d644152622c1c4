import { appendFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../tools/temporary-folder.ts';
import { fileCache, readOnlyCache } from './cache.ts';

const KEY = 'trained/../../etc/passwd';
const VALUE = { accuracy: Number.NaN, curve: Float32Array.of(1, 2) };

/** The one file of a cache. */
function fileOf(folder: string): string {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return join(folder, names.find((name) => name.endsWith('.json')) as string);
}

it('keeps values by key, inside its folder whatever the key', async () => {
  using folder = temporaryFolder();
  const cache = fileCache(join(folder.path, 'cache'));
  expect(await cache.get(KEY)).toBeUndefined();
  await cache.put(KEY, VALUE);
  expect(await fileCache(join(folder.path, 'cache')).get(KEY)).toStrictEqual(VALUE);
  expect(await cache.get('another')).toBeUndefined();
  expect(readdirSync(folder.path)).toStrictEqual(['cache']);
});

it('R24 is whole after two writers, and takes damage for absence', async () => {
  using folder = temporaryFolder();
  const cache = fileCache(folder.path);
  await Promise.all([cache.put(KEY, VALUE), cache.put(KEY, VALUE), cache.put(KEY, VALUE)]);
  expect(await cache.get(KEY)).toStrictEqual(VALUE);
  const file = fileOf(folder.path);
  appendFileSync(file, 'more');
  expect(await cache.get(KEY)).toStrictEqual(VALUE);
  for (const damaged of ['', 'a', 'a\nb\n', '\n\n']) {
    writeFileSync(file, damaged);
    expect(await cache.get(KEY)).toBeUndefined();
  }
});

it('forgets what a probe writes', async () => {
  using folder = temporaryFolder();
  await readOnlyCache(fileCache(folder.path)).put(KEY, VALUE);
  expect(readdirSync(folder.path)).toStrictEqual([]);
});
