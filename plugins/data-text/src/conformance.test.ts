import { createHash } from 'node:crypto';
import { sha256Hex } from '@archer-nas/core';
import { describePackage, describeTextData, temporaryFiles } from '@archer-nas/testkit';
import plugins from './index.ts';
import { pennTreebank, type TreebankOptions } from './penn-treebank.ts';
import { type ShakespeareOptions, tinyShakespeare } from './tiny-shakespeare.ts';

const text = 'Before we proceed any further, hear me speak. '.repeat(9);
const folder = temporaryFiles({ 'input.txt': Buffer.from(text) });
const source = { sha256: sha256Hex(Buffer.from(text)) };
const lines = 'the old man of <unk>\n saw N cats\n'.repeat(9);
const own = temporaryFiles({ 'train.txt': lines, 'valid.txt': `${lines} a new one\n` });
const words = temporaryFiles(
  Object.fromEntries(['train', 'valid', 'test'].map((split) => [`ptb.${split}.txt`, lines])),
);
const file = { bytes: lines.length, md5: createHash('md5').update(lines).digest('hex') };
const treebank = { train: file, valid: file, test: file };
/** Plugins of the same ids, whose files have nine sentences or lines. */
const creates: Readonly<Record<string, object>> = {
  'tiny-shakespeare': {
    create: (options: ShakespeareOptions) => tinyShakespeare(folder, options, source),
  },
  'penn-treebank': {
    create: (options: TreebankOptions) => pennTreebank(words, options, treebank),
  },
};
const small = plugins.map((plugin) => ({ ...plugin, ...creates[plugin.id] }));
const kit = { package: new URL('..', import.meta.url), plugins: small as never };

describePackage({ ...kit, plugins });

describeTextData({ ...kit, data: { use: 'tiny-shakespeare', batch: 4, window: 5 } });
describeTextData({
  ...kit,
  variant: 'halves',
  data: { use: 'tiny-shakespeare', split: 'halves', characters: 200 },
});
describeTextData({
  ...kit,
  data: { use: 'synthetic-text', train: 200, valid: 100, test: 50, batch: 4, window: 5 },
});
describeTextData({ ...kit, data: { use: 'penn-treebank', batch: 4, window: 5 } });
describeTextData({ ...kit, data: { use: 'text-folder', folder: own, batch: 4, window: 5 } });
describeTextData({
  ...kit,
  variant: 'characters',
  data: { use: 'text-folder', folder: own, level: 'character', tokens: 90, batch: 4 },
});
