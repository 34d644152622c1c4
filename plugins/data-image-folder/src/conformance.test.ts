import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeDataSet, describePackage, temporaryFiles } from '@archer-nas/testkit';
import { jpeg, png } from '../test/pictures.ts';
import plugin from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins: [plugin] };
const folder = temporaryFiles({});
['ape', 'bee', 'cat'].forEach((name, at) => {
  mkdirSync(join(folder, name));
  for (let i = 0; i < 4; i++) {
    const shade = 20 * at + 50 * i;
    const picture = i === 3 ? jpeg(8, 8, [shade, 9, 9]) : png(4, 6, (x) => [shade, x * 9, 1]);
    writeFileSync(join(folder, name, `${i}.${i === 3 ? 'jpg' : 'png'}`), picture);
  }
});

describePackage(kit);

describeDataSet({
  ...kit,
  data: { use: 'image-folder', folder, size: 4, batch: 2, validFraction: 0.25 },
});
describeDataSet({
  ...kit,
  variant: 'nothing held out',
  data: { use: 'image-folder', folder, size: 6, validFraction: 0, seed: 1 },
});
