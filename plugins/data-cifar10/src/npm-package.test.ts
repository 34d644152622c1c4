import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  FAKE,
  FAKE_FILES,
  fakeBin,
  type Member,
  packageMembers,
  pictureOf,
  tarball,
  temporaryFolder,
} from '../test/fake-cifar.ts';
import { npmPackage } from './npm-package.ts';

/** Decodes a package of the members, checking the six files when that succeeds. */
async function decode(members: readonly Member[], integrity?: string): Promise<string[]> {
  const bytes = await tarball(members);
  const sum = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
  await using folder = await temporaryFolder();
  const source = npmPackage({
    spec: 'fake@1.0.0',
    integrity: integrity ?? sum,
    pack: async (_spec, into) => {
      await writeFile(join(into, 'fake.tgz'), bytes);
      return join(into, 'fake.tgz');
    },
  });
  await source.fill({ folder: folder.path, layout: FAKE, log: () => undefined });
  for (const { name } of FAKE_FILES) {
    expect(await readFile(join(folder.path, `${name}.bin`))).toEqual(fakeBin(name));
  }
  return readdir(folder.path);
}

/** The package with one member replaced. */
const withMember = (name: string, content: Buffer | string): Member[] =>
  packageMembers().map((member) => (member[0] === name ? [name, content] : member));

const corrupt = { code: 'ARCHER_DATA_CORRUPT' };

describe('npmPackage', () => {
  it('turns pictures and labels into the official files, and leaves nothing else', async () => {
    expect(await decode(packageMembers())).toHaveLength(6);
  });

  it('does not care where in the tarball the labels are', async () => {
    expect(await decode(packageMembers().reverse())).toHaveLength(6);
  });

  it('opens no tarball but the one that was checked', async () => {
    const answer = decode(packageMembers(), 'sha512-other');
    await expect(answer).rejects.toMatchObject(corrupt);
    await expect(answer).rejects.toThrow('expected sha512-other');
  });

  it('names a picture of the wrong size before it decodes it', async () => {
    const answer = decode(
      withMember('package/test_batch.png', pictureOf(fakeBin('test_batch'), 3)),
    );
    await expect(answer).rejects.toMatchObject(corrupt);
    await expect(answer).rejects.toThrow('test_batch.png is 1024 x 3, expected 1024 x 4');
  });

  it('names a picture that cannot be decoded', async () => {
    const broken = pictureOf(fakeBin('test_batch'));
    broken.fill(0, 50, 80);
    const answer = decode(withMember('package/test_batch.png', broken));
    await expect(answer).rejects.toThrow('test_batch.png cannot be decoded');
  });

  it('refuses labels that are none', async () => {
    const answer = decode(withMember('package/train_lables.json', '[1, 2, 10]'));
    await expect(answer).rejects.toMatchObject(corrupt);
    const few = decode(withMember('package/train_lables.json', '[1, 2, 3]'));
    await expect(few).rejects.toThrow('data_batch_1.png is 1024 x 4, expected 1024 x 3');
  });
});
