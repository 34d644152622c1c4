import { describeDataSet, describePackage, temporaryFiles } from '@archer-nas/testkit';
import { FAKE, fakeFiles } from '../test/fake-cifar100.ts';
import { checkFolder } from './check-folder.ts';
import { type Cifar100Options, cifar100 } from './cifar100.ts';
import plugin from './index.ts';

const folder = temporaryFiles(fakeFiles());
/** The same plugin, whose files have few images. */
const small = {
  ...plugin,
  create: async (options: Cifar100Options) => {
    return cifar100(options, folder, { layout: FAKE, sums: await checkFolder(folder, FAKE) });
  },
};
const kit = { package: new URL('..', import.meta.url), plugins: [small as never] };

describePackage({ ...kit, plugins: plugin });

describeDataSet({ ...kit, data: { use: 'cifar100', folder, batch: 4 } });
describeDataSet({
  ...kit,
  variant: 'full',
  data: { use: 'cifar100', folder, split: 'full', images: { train: 5 }, cutout: 16 },
});
