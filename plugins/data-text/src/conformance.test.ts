import { sha256Hex } from '@archer-nas/core';
import { describePackage, describeTextData, temporaryFiles } from '@archer-nas/testkit';
import plugins from './index.ts';
import { type ShakespeareOptions, tinyShakespeare } from './tiny-shakespeare.ts';

const text = 'Before we proceed any further, hear me speak. '.repeat(9);
const folder = temporaryFiles({ 'input.txt': Buffer.from(text) });
const source = { sha256: sha256Hex(Buffer.from(text)) };
/** The same plugin, whose file has nine sentences. */
const small = plugins.map((plugin) =>
  plugin.id === 'tiny-shakespeare'
    ? {
        ...plugin,
        create: (options: ShakespeareOptions) => tinyShakespeare(folder, options, source),
      }
    : plugin,
);
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
