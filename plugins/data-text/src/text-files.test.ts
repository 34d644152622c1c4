import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pennTreebank, TREEBANK } from './penn-treebank.ts';
import { bytesOf, textOf } from './text-file.ts';
import { textFolder } from './text-folder.ts';

const batches = { batch: 1, window: 3 };
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archer-text-'));
});
afterEach(() => rm(folder, { recursive: true }));
const put = (name: string, content: string | Uint8Array) => writeFile(join(folder, name), content);

describe("a user's text", () => {
  const files = { train: 'train.txt', valid: 'valid.txt' };
  const read = (options: object = {}) =>
    textFolder(folder, { files, level: 'word', ...batches, ...options });

  it('is read by the names of its files', async () => {
    await put('wiki.train.tokens', '\uFEFFone two\none\n');
    await put('valid.txt', 'two three\n');
    const data = await read({ files: { ...files, train: 'wiki.train.tokens' } });
    expect(data.vocabulary).toEqual(['<eos>', 'one', 'two', '<unk>']);
    expect(data.splits).toEqual(['train', 'valid']);
    expect(data.description).toContain("a user's own: wiki.train.tokens, valid.txt; 4 different");
  });

  it('that is not there: names the file, and what the folder has', async () => {
    await expect(read()).rejects.toMatchObject({
      code: 'ARCHER_DATA_MISSING',
      message: `There is no train.txt in ${folder}, which is empty.`,
    });
    await put('train.txt', 'a b\n');
    await put('val.txt', 'a b\n');
    await expect(read()).rejects.toMatchObject({
      message: `There is no valid.txt in ${folder}, which has train.txt, val.txt.`,
      hint: expect.stringContaining('data.files.valid'),
    });
    await expect(
      textFolder(join(folder, 'no'), { files, level: 'word', ...batches }),
    ).rejects.toThrow(/There is no folder .*no to read train.txt from/);
  });

  it.each([
    ['an empty file', '', 'ARCHER_DATA_SHORT', 'is empty'],
    ['a mark of byte order alone', '\uFEFF', 'ARCHER_DATA_SHORT', 'is empty'],
    ['Latin-1', Buffer.from('caf\u00e9 noir', 'latin1'), 'ARCHER_DATA_CORRUPT', 'from byte 3 on'],
    ['half a character', Buffer.from('né').subarray(0, 2), 'ARCHER_DATA_CORRUPT', 'from byte 1 on'],
    ['one word', 'a', 'ARCHER_DATA_SHORT', '2 tokens of train; a batch of 4 needs 8'],
  ])('that is %s is refused', async (_, content, code, message) => {
    await put('train.txt', content);
    await put('valid.txt', 'a b c d e f g h');
    await expect(read({ batch: 4 })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });

  it('that is a folder, or too large, is refused before it is read', async () => {
    await mkdir(join(folder, 'train.txt'));
    await expect(read()).rejects.toMatchObject({ code: 'ARCHER_DATA_UNUSABLE' });
    await put('large.txt', '0123456789');
    await expect(bytesOf(join(folder, 'large.txt'), { hint: '' }, 9)).rejects.toThrow(
      'has 10 bytes; at most 9 are read',
    );
  });

  it('keeps U+FFFD where the file itself has it', () => {
    expect(textOf(Buffer.from('a\uFFFDb'), 'x')).toBe('a\uFFFDb');
  });
});

describe('the Penn Treebank', () => {
  const texts = { train: ' the <unk> N\n the\n', valid: ' the cat\n', test: ' N\n' };
  const small = Object.fromEntries(
    Object.entries(texts).map(([split, text]) => {
      const md5 = createHash('md5').update(text).digest('hex');
      return [split, { bytes: text.length, md5 }];
    }),
  ) as typeof TREEBANK;
  const putAll = () =>
    Promise.all(Object.entries(texts).map(([split, text]) => put(`ptb.${split}.txt`, text)));

  it('is words with <eos>, and its own <unk> is the only one', async () => {
    await putAll();
    const data = await pennTreebank(folder, batches, small);
    // Two of each of the first two; the others in the order of their code units.
    expect(data.vocabulary).toEqual(['<eos>', 'the', '<unk>', 'N']);
    expect(data.splits.map((name) => data.open(name).size)).toEqual([6, 3, 2]);
  });

  it('refuses another text, naming the file, what was found and what was expected', async () => {
    await putAll();
    await put('ptb.valid.txt', 'another');
    const error = await pennTreebank(folder, batches, small).catch((reason) => reason);
    expect(error).toMatchObject({
      code: 'ARCHER_DATA_CORRUPT',
      hint: expect.stringContaining('LDC99T42'),
    });
    expect(error.message).toContain(`${join(folder, 'ptb.valid.txt')} is not the file`);
    expect(error.message).toContain('7 bytes with the MD5 b32d73e56ec99bc5ec8f83871cde708a, not');
    expect(error.message).toContain(`9 bytes with ${small.valid.md5}`);
  });

  it('is not brought along: says where it has to be', async () => {
    await expect(pennTreebank(folder, batches)).rejects.toMatchObject({
      code: 'ARCHER_DATA_MISSING',
      message: expect.stringContaining('ptb.train.txt'),
      hint: expect.stringContaining('data.folder'),
    });
  });

  it('has the sizes and MD5s of the usual files', () => {
    expect(TREEBANK.train).toEqual({ bytes: 5_101_618, md5: 'f26c4b92c5fdc7b3f8c7cdcb991d8420' });
    expect(TREEBANK.valid).toEqual({ bytes: 399_782, md5: 'aa0affc06ff7c36e977d7cd49e3839bf' });
    expect(TREEBANK.test).toEqual({ bytes: 449_945, md5: '8b80168b89c18661a38ef683c0dc3721' });
  });
});

/** The corpus itself, where a user has it: ARCHER_PENN_TREEBANK names its folder. */
const real = process.env.ARCHER_PENN_TREEBANK ?? '';

describe.skipIf(!existsSync(real))('the Penn Treebank itself', () => {
  it('has 10,000 words, and 929,589, 73,760 and 82,430 tokens', async () => {
    const data = await pennTreebank(real, { batch: 64, window: 35 });
    expect(data.vocabulary).toHaveLength(10_000);
    const sizes = data.splits.map((name) => data.open(name).size);
    expect(sizes).toEqual([929_589, 73_760, 82_430]);
  });
});
